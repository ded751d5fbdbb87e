import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { getSystemErrorMap } from 'node:util';
import { createEmulatorFrom, type SocketlessEmulator } from './emulator.ts';
import { readBody } from './http/parse-request.ts';
import { createRequestHandler } from './http/request-handler.ts';
import { send } from './http/send.ts';
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
  const signals = new WeakMap<Socket, AbortSignal>();
  const requests = new Set<Promise<void>>();
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const { method = '', url = '', socket } = request;
    const signal = signals.get(socket) ?? AbortSignal.abort();
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [
        name,
        [value ?? ''].flat().join(', '),
      ]),
    );
    const received = { method, url, headers, body: await readBody(request) };
    await handler.handle(received, signal, (answer) => send(answer, response, signal));
  };
  const server = createServer((request, response) => {
    const { socket } = request;
    // An error here affects only one client's connection, which has ended.
    response.on('error', () => socket.destroy());
    const served = serve(request, response)
      .catch(() => void socket.destroy())
      .finally(() => requests.delete(served));
    requests.add(served);
  });
  server.on('connection', (socket) => {
    const closed = new AbortController();
    signals.set(socket, closed.signal);
    socket.once('close', () => closed.abort(new Error('The client has disconnected.')));
  });

  const url = await listen(server, resolved.host, resolved.port);
  let closing: Promise<void> | undefined;
  return {
    ...createEmulatorFrom(handler),
    url,
    close: () => (closing ??= close(server, requests)),
  };
}

/** Starts to listen and returns the URL at which clients on this machine reach the server. */
async function listen(server: Server, host: string, port: number): Promise<string> {
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (cause) {
    const errno = cause instanceof Error && 'errno' in cause ? Number(cause.errno) : 0;
    const [, reason = String(cause)] = getSystemErrorMap().get(errno) ?? [];
    throw new Error(`The emulator cannot listen on ${host}, port ${port}: ${reason}.`, { cause });
  }
  // A connection that cannot be accepted must not end the process.
  server.on('error', () => {});
  const bound = server.address();
  if (typeof bound !== 'object' || bound === null) throw new Error('It listens on no port.');
  return `http://${toReachableHost(bound.address)}:${bound.port}`;
}

function toReachableHost(address: string): string {
  if (address === '0.0.0.0') return '127.0.0.1';
  if (address === '::') return '[::1]';
  return address.includes(':') ? `[${address}]` : address;
}

async function close(server: Server, requests: Iterable<Promise<void>>): Promise<void> {
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
  // On some systems their ends are recorded later.
  await Promise.all(requests);
}
