// Runs the emulator at the address of the real service, with a proxy that handles CONNECT and TLS itself. So workflows
// run as users copy them, without a base-url.
import { start } from '@modelslab-reload/emulator';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer, request } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';

const HOST = 'modelslab.com';

/** Starts it; `env` has the variables that a step needs to reach it. */
export async function startEmulatedService(options) {
  const emulator = await start({ port: 0, ...options });
  const { private: key, cert } = await generate([{ name: 'commonName', value: HOST }], {
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: HOST }] }],
  });
  const folder = mkdtempSync(join(tmpdir(), 'modelslab-reload-service-'));
  const certFile = join(folder, 'cert.pem');
  writeFileSync(certFile, cert);

  const api = createHttpsServer({ key, cert }, (incoming, outgoing) => {
    const { method, headers, url } = incoming;
    const onward = request(new URL(url, emulator.url), { method, headers }, (reply) => {
      outgoing.writeHead(reply.statusCode, reply.headers);
      reply.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    outgoing.on('close', () => onward.destroy());
    incoming.pipe(onward);
  });
  const proxy = createHttpServer();
  proxy.on('connect', (incoming, socket) => {
    socket.on('error', () => {});
    if (incoming.url !== `${HOST}:443`) {
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
      return;
    }
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    api.emit('connection', socket);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return {
    requests: emulator.requests,
    env: { HTTPS_PROXY: `http://127.0.0.1:${proxy.address().port}`, NODE_EXTRA_CA_CERTS: certFile },
    async close() {
      api.closeAllConnections();
      proxy.closeAllConnections();
      proxy.close();
      await emulator.close();
      rmSync(folder, { recursive: true });
    },
  };
}
