import {
  createEmulator,
  createVirtualClock,
  type EmulatorOptions,
} from '@modelslab-reload/emulator';
import type {
  ICredentialTestFunctions,
  IDataObject,
  IExecuteFunctions,
  IHttpRequestOptions,
  ILoadOptionsFunctions,
  INode,
  INodeExecutionData,
} from 'n8n-workflow';
import { vi } from 'vitest';

/** Stands in for n8n's `sleep`; a test that uses it mocks n8n-workflow with it. */
export const clock = createVirtualClock(Date.parse('2026-01-05T06:00:00Z'));

/** With characters that JSON, URLs and HTML write in other ways. */
export const KEY = 'demo/key+1&2"3';

interface Fake {
  parameters?: IDataObject[];
  operation?: 'reload' | 'getMany';
  onError?: INode['onError'];
  credential?: IDataObject;
  /** What n8n's helper throws in place of sending. */
  thrown?: () => unknown;
  cancel?: AbortSignal;
  emulator?: EmulatorOptions;
}

/**
 * An n8n that executes the node against the emulator, in virtual time. It has only what the node
 * uses, and does to a request what n8n does: it sets the execution's signal and writes the
 * credential's key into the body.
 */
export function fakeN8n(fake: Fake = {}) {
  const emulator = createEmulator({ clock, apiKey: KEY, ...fake.emulator });
  const sent: IHttpRequestOptions[] = [];
  const parameters = fake.parameters ?? [{ modelId: 'my-model' }];
  const node: INode = {
    id: '1',
    name: 'ModelsLab Reload',
    type: 'n8n-nodes-modelslab-reload.modelsLabReload',
    typeVersion: 1,
    position: [0, 0],
    parameters: {},
    ...(fake.onError && { onError: fake.onError }),
  };
  const credential = { apiKey: KEY, baseUrl: 'https://modelslab.com', ...fake.credential };

  async function send(options: IHttpRequestOptions) {
    sent.push(options);
    if (fake.thrown) throw fake.thrown();
    return await emulator.answer(
      {
        method: options.method ?? 'GET',
        url: options.url,
        headers: options.headers as Record<string, string>,
        body: JSON.stringify(options.body),
      },
      options.abortSignal as AbortSignal | undefined,
    );
  }

  const shared = {
    getNode: () => node,
    getCredentials: async () => credential,
    helpers: {
      async httpRequestWithAuthentication(_type: string, options: IHttpRequestOptions) {
        if (fake.cancel) options.abortSignal = fake.cancel;
        options.body = { ...(options.body as IDataObject), key: credential.apiKey };
        const { status, headers, text } = await send(options);
        return { statusCode: status, headers, body: text };
      },
      async request({ uri, body, ...options }: { uri: string; body: string }) {
        const reply = await send({ ...options, url: uri, body: JSON.parse(body) });
        return {
          statusCode: reply.status,
          headers: reply.headers,
          body: reply.text === '' ? undefined : reply.text,
        };
      },
    },
  };

  const execute = {
    ...shared,
    getInputData: (): INodeExecutionData[] => parameters.map(() => ({ json: {} })),
    getExecutionCancelSignal: () => fake.cancel,
    continueOnFail: () => fake.onError !== undefined && fake.onError !== 'stopWorkflow',
    getNodeParameter(name: string, item: number, fallback?: unknown) {
      const given: Record<string, unknown> = { operation: 'reload', ...fake, ...parameters[item] };
      const value = given[name];
      if (value instanceof Error) throw value;
      return value ?? fallback;
    },
  };

  return {
    emulator,
    node,
    sent,
    execute: execute as unknown as IExecuteFunctions,
    load: shared as unknown as ILoadOptionsFunctions,
    credentialTest: shared as unknown as ICredentialTestFunctions,
    credential,
  };
}

/** n8n-workflow with virtual time in the place of its timers. */
export async function withVirtualTime(original: () => Promise<object>): Promise<object> {
  vi.spyOn(Date, 'now').mockImplementation(() => clock.now());
  return { ...(await original()), sleep: clock.sleep };
}
