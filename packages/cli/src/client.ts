import {
  checkClientOptions,
  createClient,
  createTransport,
  type Client,
  type ClientOptions,
  type OptionLabels,
} from '@modelslab-reload/core';
import type { Io } from './io.ts';
import type { ConnectionFlags } from './options.ts';
import { recordExchanges } from './record/exchanges.ts';
import { openRecord } from './record/file.ts';

const LABELS: OptionLabels = {
  baseUrl: '--base-url',
  allowInsecureHttp: '--allow-insecure-http',
};

type ClientFlags = ConnectionFlags & { concurrency?: number | undefined };

/** Creates the client that the options describe. Nothing is sent yet. --record must not overwrite `inputFiles`. */
export function openClient(
  io: Io,
  flags: ClientFlags,
  apiKey: string,
  inputFiles: readonly string[] = [],
): Client {
  const options = toClientOptions(io, flags, apiKey);
  // Checked before a file is opened, because opening empties it.
  checkClientOptions(options, LABELS);
  if (flags.record === undefined) return createClient(options);
  const write = openRecord(io, flags.record, inputFiles);
  const transport = recordExchanges(io, createTransport(), apiKey, write);
  return createClient({ ...options, transport });
}

export function toClientOptions(
  { process }: Io,
  flags: ClientFlags,
  apiKey: string,
): ClientOptions {
  return {
    apiKey,
    baseUrl: flags['base-url'] ?? (process.env.MODELSLAB_BASE_URL || undefined),
    allowInsecureHttp: flags['allow-insecure-http'],
    concurrency: flags.concurrency,
    maxRetries: flags.retries,
    pollIntervalMs: flags['poll-interval'],
    requestTimeoutMs: flags['request-timeout'],
  };
}
