import {
  checkClientOptions,
  type Client,
  type ClientOptions,
  type Transport,
} from '@modelslab-reload/core/engine';

/** An execution of the node that waits on a client. */
export interface Execution {
  /** Sends a request with the helpers of this execution. */
  transport: Transport;
  /** The n8n id of the credential in use; undefined if n8n gives none. */
  credentialId: string | undefined;
}

/** A place among the executions that wait on a client. */
export interface Membership {
  client: Client;
  /** Ends it. Without a waiting execution, the client sends nothing. */
  leave: () => void;
}

interface SharedClient {
  client: Client;
  /** API key and host: two clients with the same account differ in their polling options only. */
  account: string;
  credentialIds: Set<string>;
  executions: Set<Execution>;
  lastUsedMs: number;
}

interface StoreOptions {
  createClient: (options: ClientOptions, transport: Transport) => Client;
  monotonicMs: () => number;
}

/** Idle clients that are kept. Each holds what it knows of its models, some kilobytes. */
export const MAX_IDLE_CLIENTS = 50;

/** Longer than any freshness that a workflow is likely to ask for. */
export const MAX_IDLE_MS = 24 * 3_600_000;

/**
 * Keeps one client for each account and set of polling options, for all executions of this process.
 * The limits of the API are the account's, so executions that know nothing of one another would
 * block one another.
 */
export function createClientStore({ createClient, monotonicMs }: StoreOptions) {
  const clients = new Map<string, SharedClient>();

  /**
   * Returns the client for `options`, and registers `execution` to carry its requests until it leaves.
   *
   * @throws {ReloadError} `invalid_argument` for options that cannot work
   */
  function join(options: ClientOptions, execution: Execution): Membership {
    // With the defaults filled in: an option that is set to its default makes no other client.
    const { apiKey, baseUrl, ...polling } = checkClientOptions(options);
    const account = JSON.stringify([apiKey, baseUrl, options.allowInsecureHttp === true]);
    const key = JSON.stringify([account, polling]);
    forgetOldAccounts(execution.credentialId, account);
    evictIdle();

    const shared = clients.get(key) ?? createShared(options, account);
    clients.set(key, shared);
    shared.executions.add(execution);
    if (execution.credentialId !== undefined) shared.credentialIds.add(execution.credentialId);
    shared.lastUsedMs = monotonicMs();

    return {
      client: shared.client,
      leave() {
        shared.executions.delete(execution);
        shared.lastUsedMs = monotonicMs();
      },
    };
  }

  function createShared(options: ClientOptions, account: string): SharedClient {
    const executions = new Set<Execution>();
    const client = createClient(options, async (request, signal) => {
      // Any of them will do: the core decides when the request ends, not the execution that carries it.
      const [carrier] = executions;
      if (!carrier) throw new Error('no execution is left that could send the request');
      return await carrier.transport(request, signal);
    });
    return { client, account, credentialIds: new Set(), executions, lastUsedMs: 0 };
  }

  /** Drops what the credential's former key or host left behind. Executions that still wait on it go on. */
  function forgetOldAccounts(credentialId: string | undefined, account: string): void {
    if (credentialId === undefined) return;
    for (const [key, shared] of clients) {
      if (shared.account === account || !shared.credentialIds.delete(credentialId)) continue;
      if (shared.credentialIds.size === 0) clients.delete(key);
    }
  }

  // On access, since a verified node has no timers.
  function evictIdle(): void {
    const idle = [...clients]
      .filter(([, { executions }]) => executions.size === 0)
      .toSorted(([, one], [, other]) => one.lastUsedMs - other.lastUsedMs);
    const excess = idle.length - MAX_IDLE_CLIENTS;
    for (const [index, [key, { lastUsedMs }]] of idle.entries()) {
      if (index < excess || monotonicMs() - lastUsedMs > MAX_IDLE_MS) clients.delete(key);
    }
  }

  return { join };
}
