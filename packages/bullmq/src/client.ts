import { createTransport, systemClock } from '@modelslab-reload/core';
import {
  checkClientOptions,
  createClient as createCoreClient,
  invalidArgument,
  type Client,
  type ClientOptions,
  type Ports,
} from '@modelslab-reload/core/engine';
import type { ConnectionOptions } from 'bullmq';
import { joinFleet } from './fleet.ts';
import { connect, type QueueHost } from './queue.ts';

/** Options of `createClient`: those of the core, and where the queue is. */
export interface FleetOptions<Connection = ConnectionOptions>
  extends ClientOptions, Partial<Pick<Ports, 'transport'>>, QueueHost<Connection> {}

/** The client of the core for any number of processes. */
export interface FleetClient extends Omit<Client, 'step'> {
  /** Ends the calls of this process as aborted and closes its connections. The calls of other processes go on. */
  close(): Promise<void>;
}

/**
 * Creates a client that shares requests, limits and memory with the clients of all processes that have the same key.
 *
 * @throws {ReloadError} `invalid_argument` for invalid options
 */
export function createClient<Connection = ConnectionOptions>(
  options: FleetOptions<Connection>,
): FleetClient {
  const { connection, backend, ...own } = options ?? {};
  if (connection == null) {
    throw invalidArgument(
      'connection is missing.',
      "Pass BullMQ's, such as { url: 'redis://127.0.0.1' }.",
    );
  }
  // They may be inherited, as in the core.
  Object.setPrototypeOf(own, Object.getPrototypeOf(options));
  return createFleet(own, (name, settings) => connect(name, { connection, backend }, settings));
}

/** Creates a client over any queue. */
export function createFleet(
  options: Omit<FleetOptions, 'connection' | 'backend'>,
  connectTo: Parameters<typeof joinFleet>[0],
): FleetClient {
  const { transport = createTransport() } = checkClientOptions(options);
  const ports = { transport: { value: transport }, clock: { value: systemClock } };
  const withPorts: ClientOptions & Ports = Object.create(options, ports);
  let fleet: ReturnType<typeof joinFleet> | undefined;
  const client = createCoreClient(withPorts, {
    createDriver: (...host) => (fleet = joinFleet(connectTo, ...host)).driver,
  });
  // Its place is in the queue.
  Reflect.deleteProperty(client, 'step');
  return Object.assign(client, { close: async () => fleet?.close() });
}
