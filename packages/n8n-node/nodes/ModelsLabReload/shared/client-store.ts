import {
  checkClientOptions,
  type Client,
  type ClientOptions,
  type Transport,
} from '@modelslab-reload/core/engine';

/** Maximum number of idle clients. Each remembers its models in a few kilobytes. */
export const MAX_IDLE_CLIENTS = 50;

/** Longer than any Max Age that a workflow is likely to use. */
export const MAX_IDLE_MS = 24 * 3_600_000;

interface Shared {
  client: Client;
  /** Those of the executions that wait on it. */
  transports: Set<Transport>;
  lastUsedMs: number;
}

/**
 * Keeps one client for each account and set of polling options, for all executions of this process. The limits of the API
 * apply to the account, so executions with separate clients would cause each other to be rejected.
 */
export function createClientStore(
  createClient: (options: ClientOptions, transport: Transport) => Client,
  monotonicMs: () => number,
) {
  const clients = new Map<string, Shared>();

  /** Returns the client for `options`, whose requests the execution's transport carries until it leaves. */
  function join(options: ClientOptions, transport: Transport) {
    // With the defaults filled in, so that an option that is set to its default shares the same client.
    const checked = checkClientOptions(options);
    const key = JSON.stringify([checked, options.allowInsecureHttp === true]);
    evictIdle();

    const shared = clients.get(key) ?? createShared(options);
    clients.set(key, shared);
    shared.transports.add(transport);
    shared.lastUsedMs = monotonicMs();

    return {
      client: shared.client,
      /** Without a waiting execution, the client sends nothing. */
      leave: () => {
        shared.transports.delete(transport);
        shared.lastUsedMs = monotonicMs();
      },
    };
  }

  function createShared(options: ClientOptions): Shared {
    const transports = new Set<Transport>();
    const client = createClient(options, async (request, signal) => {
      // Any execution will do, because the core decides when the request ends.
      const [transport] = transports;
      if (!transport) throw new Error('no execution is left that could send the request');
      return await transport(request, signal);
    });
    return { client, transports, lastUsedMs: 0 };
  }

  // On access, because a verified node has no timers.
  function evictIdle(): void {
    const idle = [...clients]
      .filter(([, { transports }]) => transports.size === 0)
      .toSorted(([, one], [, other]) => one.lastUsedMs - other.lastUsedMs);
    const excess = idle.length - MAX_IDLE_CLIENTS;
    for (const [index, [key, { lastUsedMs }]] of idle.entries()) {
      if (index < excess || monotonicMs() - lastUsedMs > MAX_IDLE_MS) clients.delete(key);
    }
  }

  return { join };
}
