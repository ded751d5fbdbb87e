import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer as createHttpsServer } from 'node:https';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { expect } from 'vitest';
import { runEmulated } from './emulated.ts';

/** A host that only the proxies of these tests can resolve. */
export const API_HOST = 'api.modelslab.example';

export interface Network {
  /** Variables of a step that trusts the certificate of `startApi`. */
  trusted: Record<string, string>;
  /** Starts an API over TLS, for localhost and `API_HOST`, that returns success; returns its port. */
  startApi(): Promise<number>;
  /** Starts a proxy that sends `answer` to every CONNECT, and opens the tunnel if that is a 200. */
  startProxy(answer: string, toPort?: number): Promise<Proxy>;
  close(): void;
}

export interface Proxy {
  port: number;
  /** Headers of the CONNECT requests. */
  heads: string[];
}

export async function openNetwork(): Promise<Network> {
  const folder = mkdtempSync(join(tmpdir(), 'certificate-'));
  const altNames = ['localhost', API_HOST].map((value) => ({ type: 2 as const, value }));
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], {
    extensions: [{ name: 'subjectAltName', altNames }],
  });
  const trusted = { NODE_EXTRA_CA_CERTS: join(folder, 'cert.pem') };
  writeFileSync(trusted.NODE_EXTRA_CA_CERTS, cert);

  const servers: Server[] = [];
  const sockets = new Set<Socket>();
  const listen = async (server: Server) => {
    servers.push(server);
    server.on('connection', (socket) => {
      sockets.add(socket);
      socket.on('error', () => {});
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };

  return {
    trusted,
    startApi: () =>
      listen(
        createHttpsServer({ key, cert }, (_request, response) => {
          response.end('{"status":"success","message":"Model reloaded"}');
        }),
      ),
    async startProxy(answer, toPort) {
      const heads: string[] = [];
      const server = createServer((socket) => {
        socket.once('data', (data) => {
          heads.push(data.toString());
          socket.write(answer);
          if (toPort === undefined) return;
          const onward = connect(toPort, '127.0.0.1');
          socket
            .pipe(onward)
            .on('error', () => {})
            .pipe(socket);
        });
      });
      return { port: await listen(server), heads };
    },
    close() {
      for (const socket of sockets) socket.destroy();
      for (const server of servers) server.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** Reloads one model at `baseUrl`; the result includes the model's outcome. */
export async function reloadAt(
  baseUrl: string,
  env: Record<string, string> = {},
  inputs: Record<string, string> = {},
) {
  const result = await runEmulated({
    inputs: { 'base-url': baseUrl, 'model-ids': 'my-model', 'request-timeout': '2s', ...inputs },
    env,
  });
  return { ...result, outcome: result.outcomes['my-model'] ?? expect.fail(result.raw) };
}
