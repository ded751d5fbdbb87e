import { setMaxListeners } from 'node:events';
import type * as Undici from 'undici';
import type { Transport } from './types.ts';
import { invalidArgument } from '../errors.ts';

/** A reply of the API is far below 1 KiB. */
const MAX_BODY_BYTES = 1024 * 1024;

/** Connections, and what ends them all. */
interface Pool {
  dispatcher: Undici.Dispatcher;
  /** What takes each open request out of it. */
  open: Set<() => void>;
  end(): void;
}

/**
 * The default transport: one pool of connections, proxies from `HTTPS_PROXY`, `HTTP_PROXY` and
 * `NO_PROXY`, 10 s for connecting. It follows no redirect and stops reading a body beyond 1 MiB.
 */
export function createUndiciTransport(): Transport {
  let loading: Promise<typeof Undici> | undefined;
  let pool: Pool | undefined;
  return async (request, signal) => {
    // Loaded with the first request: it costs 50 ms that `--version` need not pay. Kept, since to
    // import it again costs more than the timers of a request.
    const undici = await (loading ??= import('undici'));
    const used = (pool ??= openPool(undici));
    const leave = () => {
      used.open.delete(leave);
      // undici goes on connecting for a request that was given up, to a silent proxy for 5 minutes, and
      // that keeps the process alive. So such a pool takes no more requests, and ends with its last.
      if (signal.aborted && pool === used) pool = undefined;
      if (pool !== used && used.open.size === 0) used.end();
    };
    used.open.add(leave);
    signal.addEventListener('abort', leave, { once: true });
    try {
      const { statusCode, headers, body } = await undici.request(request.url, {
        ...request,
        dispatcher: used.dispatcher,
        signal,
      });
      return { status: statusCode, headers, text: await body.text() };
    } finally {
      signal.removeEventListener('abort', leave);
      leave();
    }
  };
}

function openPool({ EnvHttpProxyAgent }: typeof Undici): Pool {
  const over = new AbortController();
  const { signal } = over;
  // Every connection listens to it.
  setMaxListeners(0, signal);
  const connect = { timeout: 10_000, signal };
  try {
    const dispatcher = new EnvHttpProxyAgent({
      connect,
      proxyTls: connect,
      requestTls: connect,
      maxResponseSize: MAX_BODY_BYTES,
      // The request timeout covers the whole exchange; undici's own two would only cut a long one short.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    return { dispatcher, open: new Set(), end: () => over.abort() };
  } catch {
    // The reason is not passed on: it may quote the proxy's password.
    throw invalidArgument(
      'A proxy variable (HTTPS_PROXY or HTTP_PROXY) is no URL.',
      'Give one such as http://proxy.example:3128, or unset it.',
    );
  }
}
