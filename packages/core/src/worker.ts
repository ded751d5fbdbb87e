import { createClient as create, type Client } from './client.ts';
import { createWorkerDriver } from './drivers/worker.ts';
import type { ClientOptions } from './options.ts';
import { createFetchTransport } from './transport/fetch.ts';
import { systemClock } from './drivers/system-clock.ts';
import type { Ports } from './transport/types.ts';

/**
 * Creates a client for Workers and edge functions: the same as in Node, over the platform's `fetch` and timers. Create
 * it once for each key, outside the request handler, so that all requests of an isolate share the account's limits.
 * They share only data: each waits on its own timer, and when the one that polls ends, another takes over.
 *
 * @throws {ReloadError} `invalid_argument` for invalid options
 */
export function createClient(options: ClientOptions & Partial<Ports>): Client {
  return create(options, {
    createDriver: createWorkerDriver,
    transport: createFetchTransport(),
    clock: systemClock,
  });
}

export * from './engine.ts';
export { createFetchTransport as createTransport } from './transport/fetch.ts';
export { systemClock } from './drivers/system-clock.ts';
