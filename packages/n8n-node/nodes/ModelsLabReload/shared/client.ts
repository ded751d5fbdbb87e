import {
  checkClientOptions,
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

import { createClientStore } from './client-store.ts';
import { createTransport } from './transport.ts';

const CREDENTIAL = 'modelsLabReloadApi';

/** Options of the panel that belong to a client. Executions that differ in one do not share limits. */
export type PollingOptions = Pick<
  ClientOptions,
  'concurrency' | 'maxRetries' | 'pollIntervalMs' | 'requestTimeoutMs'
>;

/** For the panel, where a user waits: one request with a short timeout. */
export const SINGLE_ATTEMPT = { maxRetries: 0, requestTimeoutMs: 30_000 };

const monotonicMs = () => performance.now();

/** A verified node has no timers of its own. Older n8n ignores the signal; the core does not rely on it. */
const clock: Clock = {
  now: () => Date.now(),
  monotonicMs,
  sleep: async (ms, signal) => await sleep(ms, signal),
};

const store = createClientStore({
  createClient: (options, transport) => createClient({ ...options, transport, clock }),
  monotonicMs,
});

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
  const options = toClientOptions(await context.getCredentials(CREDENTIAL));
  const { apiKey, baseUrl } = checkClientOptions(options, LABELS);
  return { ...options, apiKey, baseUrl };
}

/** Joins the client that all executions of this process with the same options share. */
export function joinClient(context: IExecuteFunctions, options: ClientOptions) {
  return store.join(options, createTransport(context, options.requestTimeoutMs));
}

/** Creates a separate client for one request, such as the list in the panel. */
export function createSingleAttemptClient(options: ClientOptions, transport: Transport): Client {
  return createClient({ ...options, ...SINGLE_ATTEMPT, transport, clock });
}

function toText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
