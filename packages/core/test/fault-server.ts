import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';

/** A server with a fault, until it is repaired. */
export interface FaultServer {
  url: string;
  port: number;
  /** Returns the number of complete requests to the API. */
  requests(): number;
  /** Returns the number of open connections. */
  connections(): number;
  /** Returns the number of open connections on which something was received. */
  used(): number;
  /** Returns the number of connections that were opened so far. */
  opened(): number;
  /** Repairs the server: every later request gets `success`. */
  repair(): unknown;
  close(): unknown;
}

/** Handles one request with a fault; `nth` counts the requests for its model from 1. */
export type Misbehavior = (socket: Socket, nth: number) => void;

export const SUCCESS = '{"status":"success","message":"Model reloaded"}';
export const PROCESSING = '{"status":"processing","message":"Model is reloading"}';

/** Formats a complete HTTP reply. */
export function reply(body: string, head = 'HTTP/1.1 200 OK', length = body.length): string {
  return `${head}\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n${body}`;
}

/** Starts a server. Neither it nor its connections keep the process alive, so anything that does is the client's. */
export async function serve(
  misbehave: Misbehavior,
  { host = '127.0.0.1', port = 0, scheme = 'http', server = createServer() } = {},
): Promise<FaultServer> {
  const open = new Set<Socket>();
  const used = new Set<Socket>();
  let opened = 0;
  let requests = 0;
  const requestsOfModel = new Map<string, number>();
  let isRepaired = false;

  server.on('connection', (socket: Socket) => {
    opened++;
    open.add(socket.unref());
    socket.on('error', () => {}).on('close', () => open.delete(socket));
  });
  const answer = (socket: Socket) => {
    let text = '';
    const onData = (bytes: Buffer) => {
      used.add(socket);
      text += bytes.toString('latin1');
      const [head, method, path] = /^(\w+) (\S+) [^]*?\r\n\r\n/.exec(text) ?? [];
      if (head === undefined) return;
      const end = head.length + Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
      if (text.length < end) return;
      const [, modelId = ''] = /"model_id":"(\w+)"/.exec(text) ?? [];
      text = text.slice(end);
      if (method !== 'CONNECT') requests++;
      const nth = (requestsOfModel.get(modelId) ?? 0) + 1;
      requestsOfModel.set(modelId, nth);
      if (!isRepaired) return misbehave(socket, nth);
      if (method !== 'CONNECT') return void socket.write(reply(SUCCESS));
      socket.off('data', onData);
      tunnel(socket, path ?? '');
    };
    socket.on('error', () => {}).on('data', onData);
    socket.on('close', () => used.delete(socket));
  };
  server.on(server instanceof TlsServer ? 'secureConnection' : 'connection', answer);
  server.on('tlsClientError', () => {});

  server.listen(port, host).unref();
  await once(server, 'listening');
  const address = server.address() as AddressInfo;
  return {
    url: `${scheme}://${host.includes(':') ? `[${host}]` : host}:${address.port}`,
    port: address.port,
    requests: () => requests,
    connections: () => open.size,
    used: () => used.size,
    opened: () => opened,
    repair: () => (isRepaired = true),
    close() {
      for (const socket of open) socket.destroy();
      return new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

/** Starts a server without a fault. */
export async function startHealthy(options = {}): Promise<FaultServer> {
  const server = await serve(() => {}, options);
  server.repair();
  return server;
}

/**
 * Returns a port where nobody listens until the repair, when a server does. A connection to elsewhere holds it, because
 * another process, such as a second run of these tests, would soon get a port that is free.
 */
export async function closedPort(host: string): Promise<FaultServer> {
  const elsewhere = await startHealthy();
  const before = await startHealthy();
  await before.close();
  const holder = connect({ port: elsewhere.port, host: '127.0.0.1', localPort: before.port });
  await once(holder.unref(), 'connect');
  let after: FaultServer | undefined;
  return {
    ...before,
    url: before.url.replace('127.0.0.1', host),
    async repair() {
      // After a reset, unlike after a FIN, the port is free immediately.
      await once(holder.resetAndDestroy(), 'close');
      after = await startHealthy({ port: before.port });
    },
    close: () => Promise.all([elsewhere.close(), after?.close()]),
  };
}

/** Writes `text` every 20 ms until the connection closes. */
export function drip(socket: Socket, text: string): void {
  const dripping = setInterval(() => socket.write(text), 20).unref();
  socket.on('close', () => clearInterval(dripping));
}

/** Opens a proxy's tunnel to `host:port`; every host name resolves to this machine. */
function tunnel(socket: Socket, to: string): void {
  const { port } = new URL(`http://${to}`);
  const far = connect(Number(port), '127.0.0.1').unref();
  far.on('error', () => socket.destroy()).on('close', () => socket.destroy());
  far.once('connect', () => {
    socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
    socket.pipe(far).pipe(socket);
  });
  socket.on('close', () => far.destroy());
}
