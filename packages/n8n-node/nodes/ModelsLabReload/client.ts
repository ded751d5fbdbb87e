import {
  createClient,
  type Client,
  type ClientOptions,
  type Clock,
  type Transport,
} from '@modelslab-reload/core/engine';
import {
  sleep,
  type ICredentialDataDecryptedObject,
  type IExecuteFunctions,
  type ILoadOptionsFunctions,
} from 'n8n-workflow';

import { createTransport } from './transport.ts';

export type Settings = Pick<
  ClientOptions,
  'concurrency' | 'maxRetries' | 'pollIntervalMs' | 'requestTimeoutMs'
>;

/** For somebody who looks at the panel: one request, and not for long. */
export const ASKED_ONCE = { maxRetries: 0, requestTimeoutMs: 30_000 };

/** A verified node has no timers of its own. Older n8n ignores the signal; the core does not rely on it. */
const clock: Clock = {
  now: () => Date.now(),
  sleep: async (ms, signal) => await sleep(ms, signal),
};

/** Makes the core's client from a `modelsLabReloadApi` credential; throws what the core says of a bad one. */
export function clientOf(
  credential: ICredentialDataDecryptedObject,
  transport: Transport,
  settings: Settings,
): Client {
  return createClient({
    ...settings,
    apiKey: textOf(credential.apiKey),
    baseUrl: textOf(credential.baseUrl) || undefined,
    allowInsecureHttp: credential.allowInsecureHttp === true,
    transport,
    clock,
  });
}

/** The same with the credential of the node, over n8n's HTTP. */
export async function openClient(
  context: IExecuteFunctions | ILoadOptionsFunctions,
  settings: Settings = {},
): Promise<{ modelslab: Client; apiKey: string }> {
  const credential = await context.getCredentials('modelsLabReloadApi');
  const transport = createTransport(context, settings.requestTimeoutMs);
  return {
    modelslab: clientOf(credential, transport, settings),
    apiKey: textOf(credential.apiKey),
  };
}

function textOf(field: unknown): string {
  return typeof field === 'string' ? field : '';
}
