import {
  createEmulator,
  createVirtualClock,
  type EmulatorOptions,
  type SocketlessEmulator,
} from '@modelslab-reload/emulator';
import type {
  ICredentialDataDecryptedObject,
  ICredentialTestFunctions,
  IDataObject,
  IExecuteFunctions,
  IHttpRequestOptions,
  ILoadOptionsFunctions,
  INode,
  INodeExecutionData,
} from 'n8n-workflow';

/** Offset of the wall clock; durations are not measured with it. */
export const wallClock = { shiftMs: 0 };

/** Replaces n8n's `sleep` and both clocks (`virtual-time.ts`). */
export const clock = createVirtualClock(Date.parse('2026-01-05T06:00:00Z'));

let accounts = 0;

/**
 * Creates a key that no other test has, because a client's state of an account outlives a test. It has characters that
 * JSON, URLs and HTML encode.
 */
const createKey = () => `demo/key+1&2"3-${++accounts}`;

interface Fake {
  parameters?: IDataObject[];
  operation?: 'reload' | 'getMany';
  onError?: INode['onError'];
  /** Additional fields of the node, such as `retryOnFail`. */
  node?: Partial<INode>;
  credential?: Partial<ICredentialDataDecryptedObject>;
  /** What n8n's helper throws instead of sending. */
  thrown?: () => unknown;
  cancel?: AbortSignal;
  emulator?: EmulatorOptions;
  /** Another execution, whose credential and API this one uses. */
  sameAccountAs?: {
    emulator: SocketlessEmulator;
    key: string;
    credential: ICredentialDataDecryptedObject;
  };
}

export type FakeN8n = ReturnType<typeof fakeN8n>;

/**
 * Creates an n8n that executes the node once against the emulator, in virtual time. It has only what the node uses.
 * Like n8n, it assigns the execution's signal and the credential's key to a request.
 */
export function fakeN8n(fake: Fake = {}) {
  const key = fake.sameAccountAs?.key ?? createKey();
  const emulator =
    fake.sameAccountAs?.emulator ?? createEmulator({ clock, apiKey: key, ...fake.emulator });
  const sent: IHttpRequestOptions[] = [];
  const parameters = fake.parameters ?? [{ modelId: 'my-model' }];
  const node: INode = {
    id: '1',
    name: 'ModelsLab Reload',
    type: 'n8n-nodes-modelslab-reload.modelsLabReload',
    typeVersion: 1,
    position: [0, 0],
    parameters: {},
    credentials: {
      modelsLabReloadApi: {
        id: `credential${key.slice(key.lastIndexOf('-'))}`,
        name: 'ModelsLab account',
      },
    },
    ...(fake.onError && { onError: fake.onError }),
    ...fake.node,
  };
  const credential: ICredentialDataDecryptedObject = fake.sameAccountAs?.credential ?? {
    apiKey: key,
    baseUrl: 'https://modelslab.com',
    ...fake.credential,
  };

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
      async httpRequestWithAuthentication(type: string, options: IHttpRequestOptions) {
        if (type !== 'modelsLabReloadApi') throw new Error(`The node has no credential ${type}`);
        if (fake.cancel) options.abortSignal = fake.cancel;
        (options.body as IDataObject).key = credential.apiKey;
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
    getNodeParameter(
      name: string,
      item: number,
      fallback?: unknown,
      { extractValue = false }: { extractValue?: boolean } = {},
    ) {
      const given: Record<string, unknown> = { operation: 'reload', ...fake, ...parameters[item] };
      const value = given[name];
      if (value instanceof Error) throw value;
      if (!(name in given)) return fallback;
      return name === 'modelId' && !extractValue ? { __rl: true, mode: 'id', value } : value;
    },
  };

  return {
    emulator,
    key,
    node,
    sent,
    execute: execute as unknown as IExecuteFunctions,
    load: shared as unknown as ILoadOptionsFunctions,
    credentialTest: shared as unknown as ICredentialTestFunctions,
    credential,
  };
}
