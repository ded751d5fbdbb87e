import { createClient, createUndiciTransport, type Client } from '@modelslab-reload/core';
import { CommandError } from './command-error.ts';
import { recordTo } from './record.ts';
import type { OutputFormat } from './results.ts';
import { version } from './version.ts';

/** The options of every command that asks the API, as they were given. */
export interface ConnectionFlags {
  timeout?: number;
  pollInterval?: number;
  retries?: number;
  concurrency?: number;
  requestTimeout?: number;
  output?: OutputFormat;
  record?: string;
  apiKeyFile?: string;
  baseUrl?: string;
  allowInsecureHttp?: true;
  quiet?: true;
  verbose?: true;
  /** False with --no-color. */
  color?: boolean;
}

/** Refuses to be told to say both less and more. */
export function checkTelling({ quiet, verbose }: ConnectionFlags): void {
  if (quiet && verbose) {
    throw new CommandError('--quiet and --verbose exclude each other.', 'Leave one out.');
  }
}

/** A client as the options ask for it. Nothing is sent yet; what cannot work is refused here. */
export function connect(flags: ConnectionFlags, apiKey: string): Client {
  const options = {
    apiKey,
    baseUrl: flags.baseUrl ?? (process.env.MODELSLAB_BASE_URL || undefined),
    allowInsecureHttp: flags.allowInsecureHttp,
    concurrency: flags.concurrency,
    maxRetries: flags.retries,
    pollIntervalMs: flags.pollInterval,
    requestTimeoutMs: flags.requestTimeout,
    userAgent: `modelslab-reload/${version}`,
  };
  // Checks the options, before a file is opened that may be there already.
  const client = createClient(options);
  if (flags.record === undefined) return client;
  const transport = recordTo(flags.record, createUndiciTransport(), apiKey);
  return createClient({ ...options, transport });
}
