import type * as Undici from 'undici';
import type { Transport } from './ports.ts';
import { invalidArgument } from './reload-error.ts';

/** A reply of the API is far below 1 KiB. */
const LARGEST_BODY = 1024 * 1024;

/**
 * The default transport: one pool of connections, proxies from `HTTPS_PROXY`, `HTTP_PROXY` and
 * `NO_PROXY`, 10 s for connecting. It follows no redirect and stops reading a body beyond 1 MiB.
 */
export function createUndiciTransport(): Transport {
  let pool: Undici.Dispatcher | undefined;
  return async (request, signal) => {
    // Loaded with the first request: it costs 50 ms that `--version` need not pay.
    const undici = await import('undici');
    pool ??= connect(undici);
    const { statusCode, headers, body } = await undici.request(request.url, {
      ...request,
      dispatcher: pool,
      signal,
    });
    return { status: statusCode, headers, text: await body.text() };
  };
}

function connect({ EnvHttpProxyAgent }: typeof Undici): Undici.Dispatcher {
  try {
    return new EnvHttpProxyAgent({
      connect: { timeout: 10_000 },
      maxResponseSize: LARGEST_BODY,
      // The request timeout covers the whole exchange; undici's own two would only cut a long one short.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  } catch {
    // The reason is not passed on: it may quote the proxy's password.
    throw invalidArgument(
      'A proxy variable (HTTPS_PROXY or HTTP_PROXY) is no URL.',
      'Give one such as http://proxy.example:3128, or unset it.',
    );
  }
}
