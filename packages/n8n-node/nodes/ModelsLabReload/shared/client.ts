import {
  checkClientOptions,
  createClient,
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

import { createClientStore } from './client-store.ts';
import { createTransport } from './transport.ts';

const monotonicMs = () => performance.now();

/** A verified node has no timers of its own. Older n8n ignores the signal; the core does not rely on it. */
const clock: Clock = {
  now: () => Date.now(),
  monotonicMs,
  sleep: async (ms, signal) => await sleep(ms, signal),
};

const store = createClientStore(
  (options, transport) => createClient({ ...options, transport, clock }),
  monotonicMs,
);

export function toClientOptions(credential: ICredentialDataDecryptedObject): ClientOptions {
  return {
    apiKey: toText(credential.apiKey),
    baseUrl: toText(credential.baseUrl) || undefined,
    allowInsecureHttp: credential.allowInsecureHttp === true,
  };
}

const LABELS = { baseUrl: 'Base URL', allowInsecureHttp: 'Allow Insecure HTTP' };

export type Account = ClientOptions & { apiKey: string };

/** Reads the credential of the node as client options, and checks it. */
export async function readCredential(
  context: IExecuteFunctions | ILoadOptionsFunctions,
): Promise<Account> {
  const options = toClientOptions(await context.getCredentials('modelsLabReloadApi'));
  const { apiKey, baseUrl } = checkClientOptions(options, LABELS);
  return { ...options, apiKey, baseUrl };
}

/** Joins the client that all executions of this process with the same options share. */
export function joinClient(context: IExecuteFunctions, options: ClientOptions) {
  return store.join(options, createTransport(context, options.requestTimeoutMs));
}

/** Lists the trained models for the panel, where a user waits: one request of a separate client, with a short timeout. */
export async function listOnce(
  options: ClientOptions,
  createTransportWith: (requestTimeoutMs: number) => Transport,
): Promise<string[]> {
  const requestTimeoutMs = 30_000;
  const transport = createTransportWith(requestTimeoutMs);
  const client = createClient({ ...options, maxRetries: 0, requestTimeoutMs, transport, clock });
  return await client.listTrainedModels();
}

function toText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
