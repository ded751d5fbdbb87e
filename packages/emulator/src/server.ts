import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { socketless, type SocketlessEmulator } from './emulator.ts';
import type { EmulatorRequest } from './exchange.ts';
import { Exchanges, longestBody } from './exchanges.ts';
import { settingsOf, type EmulatorOptions } from './options.ts';
import { deliver } from './wire.ts';

/** An emulator that listens. */
export interface Emulator extends SocketlessEmulator {
  /** Where it listens, without a slash at the end: `http://127.0.0.1:8787`. */
  readonly url: string;
  /** Gives up the open exchanges and resolves when every socket is gone. */
  readonly close: () => Promise<void>;
}

/**
 * Starts the emulator on a port of this machine.
 *
 * @example
 * const emulator = await start({ port: 0, loadTimeMs: 50 });
 * // … ask emulator.url, look at emulator.requests …
 * await emulator.close();
 *
 * @throws an Error that names the host and port where it cannot listen there
 */
export async function start(options: EmulatorOptions = {}): Promise<Emulator> {
  const settings = settingsOf(options);
  const exchanges = new Exchanges(settings);
  const sockets = new Map<Socket, AbortController>();
  const server = createServer((request, response) => {
    const { socket } = request;
    const signal = sockets.get(socket)?.signal ?? AbortSignal.abort();
    // What fails here is one client's connection, and it is over.
    response.on('error', () => socket.destroy());
    serve(exchanges, request, response, signal).catch(() => socket.destroy());
  });
  server.on('connection', (socket) => {
    const gone = new AbortController();
    sockets.set(socket, gone);
    socket.once('close', () => {
      sockets.delete(socket);
      gone.abort(new Error('The client has gone.'));
    });
  });

  const port = await listen(server, settings.host, settings.port);
  const host = settings.host.includes(':') ? `[${settings.host}]` : settings.host;
  let closing: Promise<void> | undefined;
  return {
    ...socketless(exchanges),
    url: `http://${host}:${port}`,
    close: () => (closing ??= close(server, sockets.keys())),
  };
}

async function serve(
  exchanges: Exchanges,
  request: IncomingMessage,
  response: ServerResponse,
  signal: AbortSignal,
): Promise<void> {
  const arrived: EmulatorRequest = {
    method: request.method ?? '',
    url: request.url ?? '',
    headers: headersOf(request),
    body: await bodyOf(request),
  };
  await exchanges.exchange(arrived, signal, (answer) => deliver(answer, response, signal));
}

function headersOf({ headers }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, [value ?? ''].flat().join(', ')]),
  );
}

/** Reads to the end, since a client that is refused while it still sends may never see the refusal, but keeps little. */
async function bodyOf(request: IncomingMessage): Promise<string> {
  const kept: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    if (bytes <= longestBody) kept.push(chunk);
    bytes += chunk.length;
  }
  return Buffer.concat(kept).toString();
}

async function listen(server: Server, host: string, port: number): Promise<number> {
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (cause) {
    const isInUse = cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE';
    const why = isInUse ? 'the port is in use' : String(cause);
    throw new Error(`The emulator cannot listen on ${host}, port ${port}: ${why}.`, { cause });
  }
  // A connection that cannot be accepted is the client's misfortune, not the end of the process.
  server.on('error', () => {});
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}

function close(server: Server, sockets: Iterable<Socket>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    for (const socket of sockets) socket.destroy();
  });
}
