import { decodeBody } from './decode-body.ts';
import { isInstallationFault, toInstallationError } from './installation.ts';
import { openPool, type Pool } from './pool.ts';
import { findProxy, parseProxy } from './proxy.ts';
import type { Transport } from './types.ts';
import type * as Undici from './undici-parts.ts';

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

  async function prepare(url: URL) {
    try {
      // Loaded with the first request, because `--version` should not pay for it. Kept, because importing it again costs
      // more than the timers of a request.
      const undici = await (loading ??= import('./undici-parts.ts'));
      const proxy = findProxy(url);
      return { undici, proxy, pool: findPool(undici, proxy) };
    } catch (error) {
      // There may be more memory for the next request.
      loading = undefined;
      throw toInstallationError(error);
    }
  }

  return async ({ url, ...request }, signal) => {
    const { origin, pathname, search } = new URL(url);
    const { undici, proxy, pool } = await prepare(new URL(url));
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
      const { statusCode, headers, body } = await undici.request.call(pool.dispatcher, {
        ...request,
        origin,
        path: `${pathname}${search}`,
        signal,
      });
      const text = await decodeBody(await body.bytes(), headers['content-encoding']);
      return { status: statusCode, headers, text };
    } catch (error) {
      throw isInstallationFault(error) ? toInstallationError(error) : error;
    } finally {
      signal.removeEventListener('abort', giveUp);
      leave();
    }
  };
}
