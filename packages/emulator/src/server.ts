import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { createEmulatorFrom, type SocketlessEmulator } from './emulator.ts';
import { readBody } from './http/parse-request.ts';
import { createRequestHandler, type RequestHandler } from './http/request-handler.ts';
import { send } from './http/send.ts';
import type { EmulatorRequest } from './http/types.ts';
import type { EmulatorOptions } from './options.ts';
import { resolveOptions } from './resolve-options.ts';

/** An emulator that listens on a port. */
export interface Emulator extends SocketlessEmulator {
  /**
   * URL at which clients on this machine reach it, without a trailing slash: `http://127.0.0.1:8787`. If it listens on
   * all addresses (`0.0.0.0` or `::`), this is the loopback address.
   */
  readonly url: string;
  /** Ends all open requests and resolves once every socket is closed. */
  readonly close: () => Promise<void>;
}

/**
 * Starts the emulator on a port of this machine.
 *
 * @example const emulator = await start({ port: 0, loadTimeMs: 50 }); // … send requests to emulator.url, inspect
 *   emulator.requests … await emulator.close();
 *
 * @throws an Error that names the host and the port if it cannot listen there, a TypeError if an option is invalid
 */
export async function start(options: EmulatorOptions = {}): Promise<Emulator> {
  const resolved = resolveOptions(options);
  const handler = createRequestHandler(resolved);
  const sockets = new Map<Socket, AbortController>();
  const requests = new Set<Promise<void>>();
  const server = createServer((request, response) => {
    const { socket } = request;
    const signal = sockets.get(socket)?.signal ?? AbortSignal.abort();
    // An error here affects only one client's connection, which has ended.
    response.on('error', () => socket.destroy());
    const served = serve(handler, request, response, signal)
      .catch(() => void socket.destroy())
      .finally(() => requests.delete(served));
    requests.add(served);
  });
  server.on('connection', (socket) => {
    const closed = new AbortController();
    sockets.set(socket, closed);
    socket.once('close', () => {
      sockets.delete(socket);
      closed.abort(new Error('The client has disconnected.'));
    });
  });

  const url = await listen(server, resolved.host, resolved.port);
  let closing: Promise<void> | undefined;
  return {
    ...createEmulatorFrom(handler),
    url,
    close: () => (closing ??= close(server, sockets.keys(), requests)),
  };
}

async function serve(
  handler: RequestHandler,
  request: IncomingMessage,
  response: ServerResponse,
  signal: AbortSignal,
): Promise<void> {
  const received: EmulatorRequest = {
    method: request.method ?? '',
    url: request.url ?? '',
    headers: joinHeaders(request),
    body: await readBody(request),
  };
  await handler.handle(received, signal, (answer) => send(answer, response, signal));
}

function joinHeaders({ headers }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, [value ?? ''].flat().join(', ')]),
  );
}

const LISTEN_FAILURES: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EADDRINUSE: 'the port is in use',
  EADDRNOTAVAIL: 'this machine does not have that address',
  EAFNOSUPPORT: 'this machine does not support that kind of address',
  ENOTFOUND: 'the host name is unknown',
};

/** Starts to listen and returns the URL at which clients on this machine reach the server. */
async function listen(server: Server, host: string, port: number): Promise<string> {
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    const reason = LISTEN_FAILURES[code] ?? String(cause);
    throw new Error(`The emulator cannot listen on ${host}, port ${port}: ${reason}.`, { cause });
  }
  // A connection that cannot be accepted must not end the process.
  server.on('error', () => {});
  const bound = server.address();
  if (typeof bound !== 'object' || bound === null)
    throw new Error('The emulator is not listening.');
  return `http://${toReachableHost(bound.address)}:${bound.port}`;
}

function toReachableHost(address: string): string {
  if (address === '0.0.0.0') return '127.0.0.1';
  if (address === '::') return '[::1]';
  return address.includes(':') ? `[${address}]` : address;
}

async function close(
  server: Server,
  sockets: Iterable<Socket>,
  requests: Iterable<Promise<void>>,
): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    for (const socket of sockets) socket.destroy();
  });
  // On some systems their ends are recorded later.
  await Promise.all(requests);
}
