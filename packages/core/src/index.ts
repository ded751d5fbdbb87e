import { createClient as create, type Client } from './client.ts';
import { createProcessDriver } from './drivers/process.ts';
import type { ClientOptions } from './options.ts';
import { systemClock } from './drivers/system-clock.ts';
import type { Ports } from './transport/types.ts';
import { createUndiciTransport } from './transport/undici.ts';

/**
 * Creates a client. Nothing is sent yet.
 *
 * @throws {ReloadError} `invalid_argument` for invalid options
 * @example
 * const modelslab = createClient({ apiKey: process.env.MODELSLAB_API_KEY });
 * const outcome = await modelslab.reload('my-model');
 */
export function createClient(options: ClientOptions & Partial<Ports>): Client {
  return create(options, {
    createDriver: createProcessDriver,
    transport: createUndiciTransport(),
    clock: systemClock,
  });
}

export * from './engine.ts';
export { systemClock } from './drivers/system-clock.ts';
export { createUndiciTransport as createTransport } from './transport/undici.ts';
