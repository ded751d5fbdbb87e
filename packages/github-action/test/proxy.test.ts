import { createServer as createHttpServer } from 'node:http';
import { createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runEmulated } from './emulated.ts';
import { API_HOST, openNetwork, reloadAt, type Network } from './network.ts';
import { parseCommand } from './runner/commands.ts';

const api = `https://${API_HOST}`;
const OPEN = 'HTTP/1.1 200 Connection established\r\n\r\n';
const ESCAPE = '\u001b';

let network: Network;
let apiPort: number;

beforeAll(async () => {
  network = await openNetwork();
  ({ port: apiPort } = await network.startApi());
});

afterAll(() => network.close());

/** Variables of a step behind a proxy on this machine. */
function behind(port: number, user = ''): Record<string, string> {
  return { ...network.trusted, HTTPS_PROXY: `http://${user}127.0.0.1:${port}` };
}

describe.concurrent('a proxy', () => {
  test('gets a CONNECT with its password, which appears nowhere else', async () => {
    const proxy = await network.startProxy(OPEN, apiPort);
    const result = await reloadAt(api, behind(proxy.port, 'user:hunter%2F2@'));
    expect(result.outcome.status).toBe('success');
    expect(proxy.heads).toHaveLength(1);
    expect(proxy.heads[0]).toMatch(/^CONNECT api\.modelslab\.example:443 HTTP\/1\.1\r\n/);
    expect(proxy.heads[0]).toMatch(/\r\nhost: api\.modelslab\.example:443\r\n/i);
    const credentials = Buffer.from('user:hunter/2').toString('base64');
    expect(proxy.heads[0]).toContain(`proxy-authorization: Basic ${credentials}\r\n`);
    expect(proxy.heads[0]).not.toMatch(/^authorization/im);
    expect(result.raw.split('\n')).toContain('::add-mask::hunter%252F2');
    expect(result.log).not.toMatch(/hunter|Warning/);
  });

  test('gets no user if its URL has none, and its tunnel is reused', async () => {
    const proxy = await network.startProxy(OPEN, apiPort);
    const result = await runEmulated({
      inputs: { 'base-url': api, 'model-ids': 'a,b,c', concurrency: '1' },
      env: behind(proxy.port),
    });
    expect(result.outputs['succeeded']).toBe('3');
    expect(proxy.heads).toHaveLength(1);
    expect(proxy.heads[0]).not.toContain('proxy-authorization');
  });

  test('may be reached over TLS itself', async () => {
    const proxy = await network.startProxy(OPEN, apiPort, 'https');
    const { outcome } = await reloadAt(api, {
      ...network.trusted,
      HTTPS_PROXY: `https://localhost:${proxy.port}`,
    });
    expect(outcome.status).toBe('success');
    expect(proxy.heads).toHaveLength(1);
  });

  test.each(['*', API_HOST, 'example.com,modelslab.example'])(
    'is not used with no_proxy %s',
    async (noProxy) => {
      const proxy = await network.startProxy(OPEN, apiPort);
      const { outcome } = await reloadAt(api, { ...behind(proxy.port), NO_PROXY: noProxy });
      expect(outcome.error?.message).toMatch(/ENOTFOUND|EAI_AGAIN/);
      expect(proxy.heads).toEqual([]);
    },
  );

  test.each(['http', 'https'])('never gets a request to this machine over %s', async (scheme) => {
    const bodies: string[] = [];
    const proxyPort = await network.listen(
      createHttpServer((request, response) => {
        request.on('data', (chunk) => bodies.push(String(chunk)));
        response.writeHead(502).end();
      }).on('connect', (request, socket) => {
        bodies.push(`CONNECT ${request.url}`);
        socket.destroy();
      }),
    );
    const url = `http://127.0.0.1:${proxyPort}`;
    const variables = { HTTP_PROXY: url, http_proxy: url, HTTPS_PROXY: url, https_proxy: url };
    const env = { ...network.trusted, ...variables, NO_PROXY: '', no_proxy: '10.0.0.0/8,127.*' };
    const result =
      scheme === 'http'
        ? await runEmulated({ inputs: { 'model-ids': 'my-model' }, env })
        : await reloadAt(`https://localhost:${apiPort}`, env);
    expect(result.outcomes['my-model']?.status).toBe('success');
    expect(bodies).toEqual([]);
  });

  test('of http: is ignored, because the API is reached over https:', async () => {
    const { outcome } = await reloadAt(`https://localhost:${apiPort}`, {
      ...network.trusted,
      HTTP_PROXY: 'http://[not a URL',
    });
    expect(outcome.status).toBe('success');
  });
});

describe.concurrent('a proxy that refuses is a final failure, regardless of retries', () => {
  test.each([
    '403 Forbidden',
    '407 Proxy Authentication Required',
    '502 Bad Gateway',
    '302 Found\r\nlocation: http://127.0.0.1/',
    '100 Continue',
    '101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade',
  ])('with %j', async (status) => {
    const proxy = await network.startProxy(`HTTP/1.1 ${status}\r\n\r\n`);
    const result = await reloadAt(api, behind(proxy.port, 'u:hunter2@'), { retries: '3' });
    expect(result.outcome).toMatchObject({ requests: 0, error: { code: 'network_error' } });
    expect(result.outcome.error?.message).toContain(
      `the proxy refused the tunnel with HTTP ${status.split('\r\n')[0]}`,
    );
    expect(result.outcome.error?.hint).toMatch(/^Check the proxy settings/);
    expect(result.raw).not.toContain('u:hunter2');
    expect(proxy.heads).toHaveLength(1);
  });

  test('with a 200 that has a body', async () => {
    const proxy = await network.startProxy('HTTP/1.1 200 OK\r\n\r\n<html>Please log in</html>');
    const { outcome } = await reloadAt(api, behind(proxy.port), { retries: '3' });
    expect(outcome).toMatchObject({ requests: 0, error: { code: 'network_error' } });
    expect(outcome.error?.message).toContain('sent more than its answer to CONNECT');
    expect(proxy.heads).toHaveLength(1);
  });
});

describe.concurrent('a proxy cannot send commands to the runner', () => {
  test.each([
    ['a line break in its status line', 'no\n::set-output name=status::success'],
    ['a carriage return in its status line', 'no\r::set-output name=status::success'],
    ['commands after a line break', 'no\n::add-mask::e\n::stop-commands::x'],
    ['an old command', '##[add-mask]e'],
    ['a command in two parts', '::##[set-output name=status]success'],
    ['an escape sequence', `${ESCAPE}[2J${ESCAPE}]8;;https://evil.example${ESCAPE}\\`],
    ['an 8-bit control character', '\u009b31mred'],
    ['marks that reverse text', '\u202egnp.exe'],
    ['markup', '<img src=x onerror=alert(1)> [x](https://evil.example) www.evil.example |'],
    ['60 kB', 'x'.repeat(60_000)],
  ])('by %s', async (_what, reason) => {
    const proxy = await network.startProxy(`HTTP/1.1 407 ${reason}\r\n\r\n`);
    const result = await reloadAt(api, behind(proxy.port));
    expect(result.conclusion).toBe('failure');
    expect(result.outcome).toMatchObject({ requests: 0, error: { code: 'network_error' } });
    expect(result.outputs['status']).toBe('error');
    const commands = result.raw.split(/\r\n|\r|\n/).flatMap((line) => parseCommand(line) ?? []);
    expect(commands.map(({ name }) => name)).toEqual(['add-mask', 'error']);
    const texts = [result.raw, result.summary, result.outputs['outcomes']].join('\n');
    // oxlint-disable-next-line no-control-regex
    expect(texts).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
    expect(result.summary).not.toMatch(/<img|\[x\]|www\./);
    expect(texts.length).toBeLessThan(20_000);
  });
});

describe.concurrent('a proxy that closes the connection', () => {
  test.each([
    ['before it answers', ''],
    ['within its status line', 'HTTP/1.1 200'],
    ['within its header', 'HTTP/1.1 200 OK\r\nx: '],
  ])('%s is retried a few times', async (_when, answer) => {
    let connections = 0;
    const port = await network.listen(
      createServer((socket) => {
        connections++;
        socket.once('data', () => socket.end(answer));
      }),
    );
    const { outcome } = await reloadAt(api, behind(port), { retries: '1', timeout: '3s' });
    expect(outcome).toMatchObject({ requests: 0, error: { code: 'network_error' } });
    expect(outcome.error?.message).toMatch(/EPROTO.*no tunnel through the proxy/);
    expect(connections).toBeGreaterThan(1);
    expect(connections).toBeLessThan(8);
  });

  test('is a proxy that does not speak HTTP', async () => {
    const proxy = await network.startProxy('SSH-2.0-x\r\n\r\n');
    const { outcome } = await reloadAt(api, behind(proxy.port));
    expect(outcome).toMatchObject({ requests: 0, error: { code: 'network_error' } });
    expect(outcome.error?.message).toContain('no tunnel through the proxy');
  });

  test('is a proxy with a closed port', async () => {
    const server = createServer();
    const port = await network.listen(server);
    server.close();
    const { outcome } = await reloadAt(api, behind(port));
    expect(outcome).toMatchObject({ requests: 0, error: { code: 'network_error' } });
    expect(outcome.error?.message).toContain('ECONNREFUSED');
  });
});

describe.concurrent('a proxy cannot delay or flood the step', () => {
  /** Sends to every client as fast as it reads, until it closes. */
  async function startFlood(piece: string): Promise<{ port: number; bytes: () => number }> {
    let bytes = 0;
    const block = piece.repeat(Math.ceil(65_536 / piece.length));
    const flood = (socket: Socket) => {
      if (socket.destroyed) return;
      socket.write(block, () => {
        bytes += block.length;
        setImmediate(flood, socket);
      });
    };
    const server = createServer((socket) => {
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\n');
        flood(socket);
      });
    });
    return { port: await network.listen(server), bytes: () => bytes };
  }

  test('with silence that is longer than the request timeout', async () => {
    const proxy = await network.startProxy('');
    const { outcome } = await reloadAt(api, behind(proxy.port), { 'request-timeout': '300ms' });
    expect(outcome.error).toMatchObject({ code: 'request_timeout' });
    expect(outcome.elapsedMs).toBeLessThan(1500);
  });

  test.each([
    ['endless header lines', 'x: y\r\n'],
    ['an endless header line', 'x'],
    ['endless spaces', ' '],
  ])('with %s', async (_what, piece) => {
    const flood = await startFlood(piece);
    const { outcome } = await reloadAt(api, behind(flood.port), { 'request-timeout': '10s' });
    expect(outcome).toMatchObject({ requests: 0, error: { code: 'network_error' } });
    expect(outcome.error?.message).toMatch(/HPE_(?:HEADER_OVERFLOW|UNEXPECTED_SPACE)/);
    expect(outcome.elapsedMs).toBeLessThan(5000);
    // Only as much was sent as fits into the buffers of two sockets, not into memory.
    expect(flood.bytes()).toBeLessThan(32 * 1024 * 1024);
  });
});
