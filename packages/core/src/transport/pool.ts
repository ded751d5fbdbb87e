import { setMaxListeners } from 'node:events';
import type { buildConnector, Dispatcher, Pool as HttpPool } from 'undici';
import { createFailure, ReloadError } from '../errors.ts';
import { MAX_BODY_BYTES } from './body.ts';
import type { Proxy } from './proxy.ts';
import type * as Undici from './undici-parts.ts';

type Connector = buildConnector.connector;

/** Maximum milliseconds for a connection, for a tunnel through a proxy, and for TLS. */
const CONNECT_TIMEOUT_MS = 10_000;
/** Node's 250 ms for each address but the last fail on a slow network on which curl connects. */
const ADDRESS_TIMEOUT_MS = 2500;
/** A NAT may silently forget an idle connection, so a longer time that the server allows is not used. */
const MAX_IDLE_MS = 5000;

/** The connections to the API, directly or through one proxy. */
export type Pool = ReturnType<typeof openPool>;

/** Opens a pool. Its idle connections do not keep the process alive. */
export function openPool(undici: typeof Undici, proxy: Proxy | null) {
  const over = new AbortController();
  // Every connection listens to it.
  setMaxListeners(0, over.signal);
  const open = new Set<object>();
  let isRetired = false;
  let leftAtMs = Infinity;
  const dispatcher = createDispatcher(undici, proxy, over.signal, () => isRetired);

  const endIfUnused = () => {
    if (!isRetired || open.size > 0) return;
    dispatcher.destroy().catch(() => {});
    // undici does not destroy a connection that is still being opened.
    over.abort();
  };
  return {
    dispatcher,
    /** Adds a request; returns the function that removes it, and that may be called twice. */
    enter() {
      const request = {};
      open.add(request);
      return () => {
        open.delete(request);
        leftAtMs = Date.now();
        endIfUnused();
      };
    },
    /** Returns true if a server or a NAT may have dropped the connections, such as while the machine was suspended. */
    isStale: () => open.size === 0 && Date.now() - leftAtMs > MAX_IDLE_MS,
    /** Opens no more connections; the last request that leaves closes them all. */
    retire() {
      isRetired = true;
      endIfUnused();
    },
  };
}

function createDispatcher(
  undici: typeof Undici,
  proxy: Proxy | null,
  signal: AbortSignal,
  isRetired: () => boolean,
): Dispatcher {
  const tls = {
    timeout: CONNECT_TIMEOUT_MS,
    autoSelectFamilyAttemptTimeout: ADDRESS_TIMEOUT_MS,
    signal,
  };
  const guard = (connect: Connector) => guardConnector(connect, isRetired);
  const options = {
    maxResponseSize: MAX_BODY_BYTES,
    keepAliveMaxTimeout: MAX_IDLE_MS,
    // The request timeout covers the whole exchange; undici's own two would only end a long one early.
    headersTimeout: 0,
    bodyTimeout: 0,
  };
  if (proxy === null) {
    return new undici.Agent({ ...options, connect: guard(undici.buildConnector(tls)) });
  }
  return new undici.ProxyAgent({
    ...options,
    ...proxy,
    proxyTls: tls,
    requestTls: tls,
    clientFactory(origin) {
      const toProxy = new undici.Pool(origin, {
        connect: guard(undici.buildConnector(tls)),
        headersTimeout: CONNECT_TIMEOUT_MS,
      });
      // ProxyAgent calls this method, which undici's main file adds.
      return Object.assign(toProxy, { connect: undici.connect });
    },
    // ProxyAgent passes the function that opens a tunnel.
    factory: (origin, { connect, ...rest }: HttpPool.Options & { connect: Connector }) =>
      new undici.Pool(origin, { ...rest, connect: guard(connect) }),
  });
}

/**
 * Wraps a function that opens connections. undici connects again for a request that was aborted or ended by its pool;
 * a connection without a request would stay open.
 */
function guardConnector(connect: Connector, isRetired: () => boolean): Connector {
  return (options, callback) => {
    if (isRetired()) {
      callback(createConnectError('CONNECTION_RETIRED', 'no more connections are opened'), null);
      return;
    }
    connect(options, (error, socket) => {
      if (error !== null) {
        callback(toConnectError(error), null);
      } else if (options.protocol === 'http:' && socket.readableLength > 0) {
        // A server sends nothing before a request, so this is a proxy that answers in its place.
        socket.on('error', () => {}).destroy();
        callback(createConnectError('PROXY_TUNNEL', 'the proxy sent data of its own'), null);
      } else {
        callback(null, socket);
      }
    });
  };
}

/** What undici reports of a proxy that does not open the tunnel, except for a rejection and a silent one. */
const BROKEN_TUNNEL = /^UND_ERR_(?!ABORTED$|CONNECT_TIMEOUT$|PRX_TLS$)|^HPE_|^HTTPParserError$/;

/**
 * Returns a failure of connecting with the system call which means that nothing was sent. undici 7 treats
 * UND_ERR_SOCKET and UND_ERR_INFO as the end of a kept connection and connects again immediately, without a limit: more
 * than a thousand times per second to a proxy that closes (nodejs/undici#3897; fixed in undici 8, which needs a newer
 * Node).
 */
function toConnectError(error: NodeJS.ErrnoException): Error {
  if (error.code === 'UND_ERR_ABORTED') {
    const hint = 'Check the proxy settings: the proxy rejected the connection.';
    const message = `The request failed: ${error.code}, ${error.message}`;
    return new ReloadError(createFailure('network_error', message, { hint }), { cause: error });
  }
  return BROKEN_TUNNEL.test(error.code ?? error.name)
    ? createConnectError('PROXY_TUNNEL', `the proxy did not open the tunnel: ${error.message}`)
    : Object.assign(error, { syscall: 'connect' });
}

function createConnectError(code: string, message: string): Error {
  return Object.assign(new Error(message), { code, syscall: 'connect' });
}
