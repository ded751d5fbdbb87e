import {
  checkClientOptions,
  createClient,
  createTransport,
  type Client,
  type ClientOptions,
} from '@modelslab-reload/core';
import type { Io } from './io.ts';
import type { ReloadFlags } from './options.ts';
import { recordExchanges } from './record/exchanges.ts';
import { openRecord } from './record/file.ts';

/** Creates the client that the options describe. Nothing is sent yet. --record must not overwrite a file that is read. */
export function openClient(io: Io, flags: ReloadFlags, apiKey: string): Client {
  const options = toClientOptions(io, flags, apiKey);
  // Checked before a file is opened, because opening empties it.
  checkClientOptions(options, {
    baseUrl: flags['base-url'] === undefined ? 'MODELSLAB_BASE_URL' : '--base-url',
    allowInsecureHttp: '--allow-insecure-http',
  });
  const { record, file: files = [], 'api-key-file': keyFile = [] } = flags;
  if (record === undefined) return createClient(options);
  const write = openRecord(io, record, [...files, keyFile].flat());
  const transport = recordExchanges(io, createTransport(), apiKey, write);
  return createClient({ ...options, transport });
}

export function toClientOptions(io: Io, flags: ReloadFlags, apiKey: string): ClientOptions {
  return {
    apiKey,
    baseUrl: flags['base-url'] ?? (io.process.env.MODELSLAB_BASE_URL || undefined),
    allowInsecureHttp: flags['allow-insecure-http'],
    concurrency: flags.concurrency,
    maxRetries: flags.retries,
    pollIntervalMs: flags['poll-interval'],
    requestTimeoutMs: flags['request-timeout'],
  };
}
