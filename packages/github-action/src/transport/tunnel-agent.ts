import * as http from 'node:http';
import * as https from 'node:https';
import type { Socket } from 'node:net';
import * as tls from 'node:tls';
import { formatCredentials } from './proxy.ts';
import { createSystemError } from './system-error.ts';

/**
 * Maximum milliseconds for a tunnel: the connection to the proxy and its whole response to CONNECT.
 */
const TUNNEL_TIMEOUT_MS = 10_000;

type ConnectionOptions = tls.ConnectionOptions & { host: string; port: number };
type OnConnection = (error: Error | null, socket?: Socket) => void;

/**
 * Creates an agent that opens its TLS connections through an HTTP proxy.
 *
 * Node's own `proxyEnv` is not used: it reads the proxy's response without a limit (an endless header took 3.4 GB and
 * blocked the process for 16 s past its deadline), and it puts the raw status line into the error. Instead, Node's HTTP
 * parser reads the response here; it limits the header to 16 KiB and rejects a line break inside a line.
 */
export function createTunnelAgent(proxy: URL, options: https.AgentOptions): https.Agent {
  return Object.assign(new https.Agent(options), {
    createConnection(target: ConnectionOptions, onConnection: OnConnection): void {
      openTunnel(proxy, formatAuthority(target)).then(
        (socket) => onConnection(null, tls.connect({ ...target, socket })),
        onConnection,
      );
    },
  });
}

/**
 * Requests a tunnel to `authority` from the proxy; rejects with an error whose code means that nothing
 * was sent.
 */
function openTunnel(proxy: URL, authority: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const { request } = proxy.protocol === 'https:' ? https : http;
    const credentials = formatCredentials(proxy);
    const connecting = request(proxy, {
      agent: false,
      // Node would also send the user in the header `authorization`, which is for the API.
      auth: null,
      method: 'CONNECT',
      path: authority,
      headers: { host: authority, ...(credentials && { 'proxy-authorization': credentials }) },
    });
    const timer = setTimeout(() => {
      connecting.destroy(createSystemError('UND_ERR_CONNECT_TIMEOUT', 'no tunnel within 10s'));
    }, TUNNEL_TIMEOUT_MS);
    connecting.on('close', () => clearTimeout(timer));
    connecting.on('error', (error) => reject(toUnsentError(error)));
    connecting.on('connect', (reply, socket: Socket, head) => {
      const fault = findTunnelFault(reply, head);
      if (fault === null) {
        resolve(socket);
      } else {
        socket.destroy();
        reject(createSystemError('UND_ERR_ABORTED', `the proxy ${fault}`));
      }
    });
    connecting.end();
  });
}

function findTunnelFault(reply: http.IncomingMessage, head: Buffer): string | null {
  const { statusCode = 0, statusMessage = '' } = reply;
  if (statusCode < 200 || statusCode > 299) {
    return `refused the tunnel with HTTP ${statusCode} ${statusMessage}`;
  }
  // In TLS the client sends first, so earlier data comes from the proxy.
  return head.length > 0 ? 'sent more than its answer to CONNECT' : null;
}

/** Replaces a code that does not show whether the request was sent with one that means that it was not. */
function toUnsentError(error: Error & { code?: string }): Error {
  const { code = '', message } = error;
  return code === '' || /^(?:ECONNRESET|EPIPE|ETIMEDOUT|HPE_\w+)$/.test(code)
    ? createSystemError('EPROTO', `no tunnel through the proxy: ${code} ${message}`)
    : error;
}

function formatAuthority({ host, port }: ConnectionOptions): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
