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
  /** The n8n id of the credential in use; undefined if n8n provides none. */
  credentialId: string | undefined;
}

/** Maximum number of idle clients. Each remembers its models in a few kilobytes. */
export const MAX_IDLE_CLIENTS = 50;

/** Longer than any Max Age that a workflow is likely to use. */
export const MAX_IDLE_MS = 24 * 3_600_000;

/**
 * Keeps one client for each account and set of polling options, for all executions of this process.
 * The limits of the API apply to the account, so executions with separate clients would cause each
 * other to be rejected.
 */
export function createClientStore({
  createClient,
  monotonicMs,
}: {
  createClient: (options: ClientOptions, transport: Transport) => Client;
  monotonicMs: () => number;
}) {
  const clients = new Map<string, ReturnType<typeof createShared>>();

  /**
   * Returns the client for `options`, and registers `execution` to carry its requests until it leaves.
   *
   * @throws {ReloadError} `invalid_argument` for invalid options
   */
  function join(options: ClientOptions, execution: Execution) {
    // With the defaults filled in, so that an option that is set to its default shares the same client.
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
      /** Ends the registration. Without a waiting execution, the client sends nothing. */
      leave: () => {
        shared.executions.delete(execution);
        shared.lastUsedMs = monotonicMs();
      },
    };
  }

  /** @param account API key and host; two clients with the same account differ only in their polling options */
  function createShared(options: ClientOptions, account: string) {
    const executions = new Set<Execution>();
    const client = createClient(options, async (request, signal) => {
      // Any execution will do, because the core decides when the request ends.
      const [carrier] = executions;
      if (!carrier) throw new Error('no execution is left that could send the request');
      return await carrier.transport(request, signal);
    });
    return { client, account, credentialIds: new Set<string>(), executions, lastUsedMs: 0 };
  }

  /** Drops the clients of the credential's former key or host. Executions that still wait on them continue. */
  function forgetOldAccounts(credentialId: string | undefined, account: string): void {
    if (credentialId === undefined) return;
    for (const [key, shared] of clients) {
      if (shared.account === account || !shared.credentialIds.delete(credentialId)) continue;
      if (shared.credentialIds.size === 0) clients.delete(key);
    }
  }

  // On access, because a verified node has no timers.
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
