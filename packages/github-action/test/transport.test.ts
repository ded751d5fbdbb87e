import { start } from '@modelslab-reload/emulator';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpsServer } from 'node:https';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runEmulated } from './emulated.ts';

/** A certificate for localhost, made for this run. */
const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }]);
const folder = mkdtempSync(join(tmpdir(), 'certificate-'));
const trusted = { NODE_EXTRA_CA_CERTS: join(folder, 'cert.pem') };
writeFileSync(trusted.NODE_EXTRA_CA_CERTS, cert);
afterAll(() => rmSync(folder, { recursive: true }));

const servers: Server[] = [];
const sockets = new Set<Socket>();

async function listen(server: Server): Promise<number> {
  servers.push(server);
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

afterAll(() => {
  for (const socket of sockets) socket.destroy();
  for (const server of servers) server.close();
});

/** Reloads one model where the API is at `baseUrl`. */
async function reloadAt(baseUrl: string, env: Record<string, string> = {}, timeout = '2s') {
  const result = await runEmulated({
    inputs: { 'base-url': baseUrl, 'model-ids': 'my-model', 'request-timeout': timeout },
    env,
  });
  return { ...result, outcome: result.outcomes['my-model'] ?? expect.fail(result.raw) };
}

describe.concurrent('a fault on the wire', () => {
  // The two that take 10 s come first, so that the others run beside them.
  it('a connection that does not come about in 10 s', { timeout: 20_000 }, async () => {
    // It takes the connection, and says nothing of TLS.
    const port = await listen(createServer());
    const { outcome } = await reloadAt(`https://127.0.0.1:${port}`, {}, '15s');
    expect(outcome).toMatchObject({ requests: 0, error: { code: 'network_error' } });
    expect(outcome.error?.message).toContain('UND_ERR_CONNECT_TIMEOUT');
    expect(outcome.elapsedMs).toBeGreaterThanOrEqual(9900);
  });

  it('silence after the request is out is borne for longer than connecting', async () => {
    const { outcomes } = await runEmulated(
      { inputs: { 'model-ids': 'a' } },
      { success: 'blocking', loadTimeMs: 10_500 },
    );
    expect(outcomes['a']).toMatchObject({ status: 'success', requests: 1 });
  });

  it.each([
    ['resets', 'network_error', /ECONNRESET/],
    ['truncated', 'network_error', /ECONNRESET/],
    ['huge', 'unexpected_response', /too large/],
    ['hangs', 'request_timeout', /No complete reply within 1\.0s/],
    ['drips', 'request_timeout', /No complete reply within 1\.0s/],
    ['redirects', 'unexpected_response', /redirect, which is not followed/],
  ])('%s: %s', async (modelId, code, message) => {
    const result = await runEmulated({
      inputs: { 'model-ids': modelId, 'request-timeout': '1s' },
    });
    expect(result.outcomes[modelId]).toMatchObject({ requests: 1, error: { code } });
    expect(result.outcomes[modelId]?.error?.message).toMatch(message);
    expect(result.requests).toHaveLength(1);
  });

  it('no such host', async () => {
    const { outcome } = await reloadAt('https://no-such-host.invalid');
    expect(outcome).toMatchObject({ requests: 0, error: { code: 'network_error' } });
    expect(outcome.error?.message).toMatch(/ENOTFOUND|EAI_AGAIN/);
  });

  it('nothing listens', async () => {
    const server = createServer();
    const port = await listen(server);
    server.close();
    const { outcome } = await reloadAt(`http://127.0.0.1:${port}`);
    expect(outcome).toMatchObject({ requests: 0, error: { code: 'network_error' } });
    expect(outcome.error?.message).toContain('ECONNREFUSED');
  });

  it('no HTTP', async () => {
    const port = await listen(createServer((socket) => socket.end('what?\r\n\r\n')));
    const { outcome } = await reloadAt(`http://127.0.0.1:${port}`);
    expect(outcome.error).toMatchObject({ code: 'network_error' });
    expect(outcome.error?.message).toContain('HPE_');
  });

  it('connections are used again', async () => {
    const emulator = await start({ port: 0, loaded: ['a', 'b', 'c', 'd'] });
    let connections = 0;
    const port = await listen(
      createServer((socket) => {
        connections++;
        const onward = connect(Number(new URL(emulator.url).port), '127.0.0.1');
        socket
          .pipe(onward)
          .on('error', () => {})
          .pipe(socket);
      }),
    );
    const result = await runEmulated({
      inputs: {
        'base-url': `http://127.0.0.1:${port}`,
        'model-ids': 'a,b,c,d',
        concurrency: '1',
      },
    });
    expect(result.outputs['succeeded']).toBe('4');
    expect(connections).toBe(1);
    await emulator.close();
  });
});

describe('over TLS and proxies', () => {
  let api: string;
  let asked: string[];

  beforeAll(async () => {
    asked = [];
    const server = createHttpsServer({ key, cert }, (request, response) => {
      asked.push(request.url ?? '');
      response.end('{"status":"success","message":"Model reloaded"}');
    });
    api = `https://localhost:${await listen(server)}`;
  });

  /** A proxy that answers CONNECT with `status`, and notes what it is asked. */
  async function startProxy(status: string) {
    const heads: string[] = [];
    const port = await listen(
      createServer((socket) => {
        socket.once('data', (data) => {
          const head = data.toString();
          heads.push(head);
          socket.write(`HTTP/1.1 ${status}\r\n\r\n`);
          if (!status.startsWith('200')) return;
          const [, target] = /^CONNECT \S+:(\d+) /.exec(head) ?? [];
          const onward = connect(Number(target), '127.0.0.1');
          socket
            .pipe(onward)
            .on('error', () => {})
            .pipe(socket);
        });
      }),
    );
    return { port, heads };
  }

  it('a certificate that is trusted', async () => {
    const { outcome } = await reloadAt(api, trusted);
    expect(outcome).toMatchObject({ status: 'success', message: 'Model reloaded' });
  });

  it('a certificate of its own making ends it', async () => {
    const { outcome } = await reloadAt(api);
    expect(outcome).toMatchObject({ requests: 0, error: { code: 'network_error' } });
    expect(outcome.error?.message).toContain('DEPTH_ZERO_SELF_SIGNED_CERT');
    expect(outcome.error?.hint).toContain('NODE_EXTRA_CA_CERTS');
  });

  it('plain HTTP where TLS is spoken', async () => {
    const port = await listen(
      createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
    );
    const { outcome } = await reloadAt(`https://127.0.0.1:${port}`);
    expect(outcome).toMatchObject({ requests: 0, error: { code: 'network_error' } });
    expect(outcome.error?.message).toMatch(/ERR_SSL_|EPROTO/);
  });

  it('a proxy is asked for a tunnel, with its password, which shows nowhere', async () => {
    const proxy = await startProxy('200 Connection established');
    const result = await reloadAt(api, {
      ...trusted,
      NO_PROXY: '',
      HTTPS_PROXY: `http://user:hunter%2F2@127.0.0.1:${proxy.port}`,
    });
    expect(result.outcome.status).toBe('success');
    expect(proxy.heads[0]).toMatch(/^CONNECT localhost:\d+ HTTP\/1\.1\r\n/);
    const credentials = Buffer.from('user:hunter/2').toString('base64');
    expect(proxy.heads[0]).toContain(`proxy-authorization: Basic ${credentials}`);
    expect(result.raw.split('\n')).toContain('::add-mask::hunter%252F2');
    expect(result.log).not.toMatch(/hunter|Warning/);
  });

  it.each(['localhost', '*', 'example.com,localhost', '.localhost'])(
    'NO_PROXY %s goes past the proxy',
    async (noProxy) => {
      const proxy = await startProxy('200 Connection established');
      const { outcome } = await reloadAt(api, {
        ...trusted,
        NO_PROXY: noProxy,
        HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`,
      });
      expect(outcome.status).toBe('success');
      expect(proxy.heads).toEqual([]);
    },
  );

  it.each(['403 Forbidden', '407 Proxy Authentication Required', '502 Bad Gateway'])(
    'a proxy that refuses with %s ends it, retries or not',
    async (status) => {
      const before = asked.length;
      const proxy = await startProxy(status);
      const result = await runEmulated({
        inputs: { 'base-url': api, 'model-ids': 'a', retries: '3' },
        env: { ...trusted, NO_PROXY: '', HTTPS_PROXY: `http://u:hunter2@127.0.0.1:${proxy.port}` },
      });
      expect(result.outcomes['a']).toMatchObject({ requests: 0, error: { code: 'network_error' } });
      expect(result.outcomes['a']?.error?.message).toContain(`ERR_PROXY_TUNNEL`);
      expect(result.outcomes['a']?.error?.message).toContain(status);
      expect(result.raw).not.toContain('u:hunter2');
      expect(proxy.heads).toHaveLength(1);
      expect(asked).toHaveLength(before);
    },
  );

  it('a proxy of the other protocol is not looked at', async () => {
    const { outcome } = await reloadAt(api, { ...trusted, HTTP_PROXY: 'http://[no URL' });
    expect(outcome.status).toBe('success');
  });

  it('a proxy that never answers does not hold the step', async () => {
    const port = await listen(createServer());
    const { outcome } = await reloadAt(
      api,
      { ...trusted, NO_PROXY: '', HTTPS_PROXY: `http://127.0.0.1:${port}` },
      '300ms',
    );
    expect(outcome.error).toMatchObject({ code: 'request_timeout' });
    expect(outcome.elapsedMs).toBeLessThan(1500);
  });
});
