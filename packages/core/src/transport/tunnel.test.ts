import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { generate } from 'selfsigned';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { reply, serve, startHealthy, SUCCESS, type FaultServer } from '../../test/fault-server.ts';
import { createUndiciTransport } from './undici.ts';

const servers: FaultServer[] = [];
beforeEach(() => {
  for (const name of ['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy']) {
    vi.stubEnv(name, undefined);
    vi.stubEnv(name.toUpperCase(), undefined);
  }
  // The certificates of these tests are self-signed; the names in them are checked elsewhere.
  vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const server of servers.splice(0)) await server.close();
});

async function started(starting: Promise<FaultServer>): Promise<FaultServer> {
  const server = await starting;
  servers.push(server);
  return server;
}

async function createTls(): Promise<Server> {
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    algorithm: 'sha256',
  });
  return createTlsServer({ key, cert });
}

/** Starts an API over TLS, which the proxies reach by any name; `names` has the server names that clients sent. */
async function startApi() {
  const server = await createTls();
  const names: unknown[] = [];
  server.on('secureConnection', ({ servername }: TLSSocket & { servername?: string }) =>
    names.push(servername),
  );
  const api = await started(
    serve((socket) => socket.write(reply(SUCCESS)), { scheme: 'https', server }),
  );
  return { names, url: `https://api.example:${api.port}` };
}

const send = (url: string, transport = createUndiciTransport()) =>
  transport(
    { method: 'POST', url, headers: { 'user-agent': 'x/1' }, body: '{"key":"test-key"}' },
    new AbortController().signal,
  );

test('the server gets its own name in the TLS of the tunnel (SNI)', async () => {
  const api = await startApi();
  vi.stubEnv('HTTPS_PROXY', (await started(startHealthy())).url);
  expect((await send(api.url)).text).toBe(SUCCESS);
  expect(api.names).toEqual(['api.example']);
});

test('a tunnel is used again', async () => {
  const api = await startApi();
  const proxy = await started(startHealthy());
  vi.stubEnv('HTTPS_PROXY', proxy.url);
  const transport = createUndiciTransport();
  for (let nth = 0; nth < 3; nth++) {
    await send(api.url, transport);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  expect(proxy.opened()).toBe(1);
});

test('a proxy may be reached over TLS itself', async () => {
  const api = await startApi();
  const proxy = await started(startHealthy({ scheme: 'https', server: await createTls() }));
  vi.stubEnv('HTTPS_PROXY', proxy.url);
  expect((await send(api.url)).text).toBe(SUCCESS);
});

test('a proxy gets the host and its own password, and nothing of the request', async () => {
  const heads: string[] = [];
  const server = createServer((socket) => {
    socket.once('data', (data) => heads.push(String(data)));
  });
  const proxy = await started(
    serve((socket) => socket.end(reply('', 'HTTP/1.1 403 No')), { server }),
  );
  vi.stubEnv('HTTPS_PROXY', proxy.url.replace('//', '//user:hunter%2F2@'));
  await expect(send('https://api.example')).rejects.toMatchObject({
    code: 'network_error',
    message: expect.stringContaining('UND_ERR_ABORTED, Proxy response (403)'),
    hint: expect.stringContaining('proxy settings'),
    cause: { code: 'UND_ERR_ABORTED' },
  });
  const [head = ''] = heads;
  expect(head).toMatch(/^CONNECT api\.example:443 HTTP\/1\.1\r\n/);
  const credentials = Buffer.from('user:hunter/2').toString('base64');
  expect(head).toContain(`proxy-authorization: Basic ${credentials}\r\n`);
  expect(head).not.toMatch(/test-key|x\/1|^authorization/im);
});

test.each([
  ['endless header lines', 'x: y\r\n'],
  ['an endless header line', 'x'],
  ['endless spaces', ' '],
  ['endless 100 Continue', 'HTTP/1.1 100 Continue\r\n\r\n'],
])('%s of a proxy do not fill the memory', async (_, piece) => {
  let bytes = 0;
  const block = piece.repeat(Math.ceil(65_536 / piece.length));
  const flood = (socket: Socket) => {
    if (socket.destroyed) return;
    socket.write(block, () => {
      bytes += block.length;
      setImmediate(flood, socket);
    });
  };
  const proxy = await started(
    serve((socket) => {
      socket.write(piece.startsWith('HTTP') ? '' : 'HTTP/1.1 200 OK\r\n');
      flood(socket);
    }),
  );
  vi.stubEnv('HTTPS_PROXY', proxy.url);
  await expect(send('https://api.example')).rejects.toMatchObject({ code: 'PROXY_TUNNEL' });
  expect(proxy.opened()).toBe(1);
  // Only as much was sent as fits into the buffers of two sockets, not into memory.
  expect(bytes).toBeLessThan(32 * 2 ** 20);
});
