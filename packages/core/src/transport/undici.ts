import type * as Undici from 'undici';
import { decodeBody } from './decode-body.ts';
import { openPool, type Pool } from './pool.ts';
import { findProxy, parseProxy } from './proxy.ts';
import type { Transport } from './types.ts';

/**
 * Creates the default transport: 10 s for connecting, of which each address of a host gets 2.5 s, proxies from
 * `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` as curl reads them, but never for this machine. It keeps
 * connections for at most 5 s, follows no redirect, decodes a compressed body, and stops reading after 1 MiB.
 */
export function createUndiciTransport(): Transport {
  let loading: Promise<typeof Undici> | undefined;
  /** The pools by proxy URL; the empty string is for direct connections. */
  const pools = new Map<string, Pool>();

  function findPool(undici: typeof Undici, proxy: string): Pool {
    const kept = pools.get(proxy);
    if (kept !== undefined && !kept.isStale()) return kept;
    kept?.retire();
    const pool = openPool(undici, proxy === '' ? null : parseProxy(proxy));
    pools.set(proxy, pool);
    return pool;
  }

  return async (request, signal) => {
    // Loaded with the first request, because it costs 50 ms that `--version` should not pay. Kept, because importing it
    // again costs more than the timers of a request. Imported by its file name, because Bun replaces `undici` with its
    // own `fetch`, which has no body limit and applies the proxy variables to loopback too.
    const undici = await (loading ??= import('undici/index.js'));
    const proxy = findProxy(new URL(request.url));
    const pool = findPool(undici, proxy);
    const leave = pool.enter();
    // undici keeps connecting for a request that was given up (to a silent proxy, for 5 minutes), which keeps the
    // process alive. So the pool of such a request is not used again, and ends with its last one.
    const giveUp = () => {
      if (pools.get(proxy) === pool) pools.delete(proxy);
      pool.retire();
      leave();
    };
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      const { statusCode, headers, body } = await undici.request(request.url, {
        ...request,
        dispatcher: pool.dispatcher,
        signal,
      });
      const text = await decodeBody(await body.bytes(), headers['content-encoding']);
      return { status: statusCode, headers, text };
    } finally {
      signal.removeEventListener('abort', giveUp);
      leave();
    }
  };
}
