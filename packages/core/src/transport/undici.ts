import { setMaxListeners } from 'node:events';
import type * as Undici from 'undici';
import { invalidArgument } from '../errors.ts';
import { MAX_BODY_BYTES } from './body-limit.ts';
import { decodeBody } from './decode-body.ts';
import { isLoopback } from './loopback.ts';
import type { Transport } from './types.ts';

/** A pool of connections. */
interface Pool {
  dispatcher: Undici.Dispatcher;
  /** The open requests; each function removes its own. */
  open: Set<() => void>;
  end(): void;
}

/**
 * Creates the default transport: one pool of connections, 10 s for connecting, proxies from `HTTPS_PROXY`,
 * `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` as curl reads them, but never for this machine. It follows no redirect,
 * decodes a compressed body, and stops reading after 1 MiB.
 */
export function createUndiciTransport(): Transport {
  let loading: Promise<typeof Undici> | undefined;
  /** The pools by proxy URL; the empty string is for direct connections. */
  const pools = new Map<string, Pool>();
  return async (request, signal) => {
    // Loaded with the first request, because it costs 50 ms that `--version` should not pay. Kept, because importing it
    // again costs more than the timers of a request. Imported by its file name, because Bun replaces `undici` with its
    // own `fetch`, which has no body limit and applies the proxy variables to loopback too.
    const undici = await (loading ??= import('undici/index.js'));
    const proxy = findProxy(new URL(request.url));
    const pool = pools.get(proxy) ?? openPool(undici, proxy);
    pools.set(proxy, pool);
    const leave = () => {
      pool.open.delete(leave);
      // undici keeps connecting for a request that was given up (to a silent proxy, for 5 minutes), which keeps the
      // process alive. So such a pool accepts no more requests, and ends with its last one.
      if (signal.aborted && pools.get(proxy) === pool) pools.delete(proxy);
      if (pools.get(proxy) !== pool && pool.open.size === 0) pool.end();
    };
    pool.open.add(leave);
    signal.addEventListener('abort', leave, { once: true });
    try {
      const { statusCode, headers, body } = await undici.request(request.url, {
        ...request,
        dispatcher: pool.dispatcher,
        signal,
      });
      const text = await decodeBody(await body.bytes(), headers['content-encoding']);
      return { status: statusCode, headers, text };
    } finally {
      signal.removeEventListener('abort', leave);
      leave();
    }
  };
}

/** Finds the proxy of a URL in the environment; empty if it has none. */
function findProxy({ protocol, hostname }: URL): string {
  // The proxy is another machine, and would read the key.
  if (isLoopback(hostname)) return '';
  const names = [...(protocol === 'https:' ? ['https_proxy'] : ['http_proxy']), 'all_proxy'];
  const found = names
    .flatMap((name) => [process.env[name], process.env[name.toUpperCase()]])
    .find((value) => value !== undefined);
  return found ?? '';
}

function openPool(undici: typeof Undici, proxy: string): Pool {
  const over = new AbortController();
  const { signal } = over;
  // Every connection listens to it.
  setMaxListeners(0, signal);
  const connect = { timeout: 10_000, signal };
  const options = {
    connect,
    maxResponseSize: MAX_BODY_BYTES,
    // The request timeout covers the whole exchange; undici's own two would only end a long one early.
    headersTimeout: 0,
    bodyTimeout: 0,
  };
  const end = () => over.abort();
  if (proxy === '') return { dispatcher: new undici.Agent(options), open: new Set(), end };
  try {
    const dispatcher = new undici.EnvHttpProxyAgent({
      ...options,
      httpProxy: proxy,
      httpsProxy: proxy,
      proxyTls: connect,
      requestTls: connect,
      clientFactory: (origin, clientOptions) =>
        new undici.Pool(origin, clientOptions).compose(endTunnelAtFirstError),
    });
    return { dispatcher, open: new Set(), end };
  } catch {
    // The reason is not passed on: it may quote the proxy's password.
    throw invalidArgument(
      'A proxy variable (HTTPS_PROXY, HTTP_PROXY or ALL_PROXY) is not a valid URL.',
      'Use one such as http://proxy.example:3128, or unset it.',
    );
  }
}

/**
 * Gives the failures of a tunnel their own code, which also means that no request was sent. undici 7 treats
 * UND_ERR_SOCKET as the end of a kept connection and reconnects immediately, without a limit: more than a thousand
 * connections per second to a proxy that closes them (nodejs/undici#3897; fixed in undici 8, which needs a newer Node).
 */
const endTunnelAtFirstError: Undici.Dispatcher.DispatcherComposeInterceptor =
  (dispatch) => (options, handler) => {
    const onResponseError = handler.onResponseError?.bind(handler);
    const onRequestUpgrade = handler.onRequestUpgrade?.bind(handler);
    handler.onResponseError = (controller, error) =>
      onResponseError?.(controller, isBrokenTunnel(error) ? createTunnelError(error) : error);
    handler.onRequestUpgrade = (controller, status, headers, socket) => {
      if (socket.readableLength === 0)
        return onRequestUpgrade?.(controller, status, headers, socket);
      // The proxy answers instead of the server, which sends nothing before a request.
      socket.on('error', () => {}).destroy();
      const error = new Error(`it returned HTTP ${status} with a body`);
      onResponseError?.(controller, createTunnelError(error));
    };
    return dispatch(options, handler);
  };

/** Returns true for a failure after the proxy accepted the connection. */
function isBrokenTunnel(error: Error): boolean {
  const { code = '' } = error as NodeJS.ErrnoException;
  return /^UND_ERR_(?:SOCKET|INFO)$|^ECONNRESET$/.test(code) || error.name === 'HTTPParserError';
}

function createTunnelError(cause: Error): Error {
  const message = `The proxy did not open the tunnel: ${cause.message}`;
  return Object.assign(new Error(message, { cause }), { code: 'PROXY_TUNNEL' });
}
