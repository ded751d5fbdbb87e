import { createClient as createEngineClient, type Client, type Ports } from './client.ts';
import type { ClientOptions } from './options.ts';
import { systemClock } from './system-clock.ts';
import { createUndiciTransport } from './undici-transport.ts';

/**
 * Makes a client. Nothing is sent yet.
 *
 * @throws {ReloadError} `invalid_argument` for options that cannot work
 * @example
 * const modelslab = createClient({ apiKey: process.env.MODELSLAB_API_KEY });
 * const outcome = await modelslab.reload('my-model');
 */
export function createClient(options: ClientOptions & Partial<Ports>): Client {
  const { transport = createUndiciTransport(), clock = systemClock } = options;
  return createEngineClient({ ...options, transport, clock });
}

export * from './engine.ts';
export { errorCodeSchema, outcomeErrorSchema, outcomeSchema } from './outcome.ts';
export { systemClock } from './system-clock.ts';
export { createUndiciTransport } from './undici-transport.ts';
