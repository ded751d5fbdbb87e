import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { start, type Emulator } from '@modelslab-reload/emulator';
import { afterEach, expect, test, vi } from 'vitest';
import { needsBothCases } from '../../../../scripts/vitest/needs.ts';
import { closedPort, startHealthy } from '../../test/fault-server.ts';
import { createIdleClock } from '../../test/idle-clock.ts';
import { createClient, createTransport, type ReloadError, type ReloadOptions } from '../index.ts';

/** For what follows soon, but may take its time on a busy machine. */
const MAX_WAIT_MS = 60_000;

const open: { close(): unknown }[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const each of open.splice(0)) await each.close();
});

async function emulator(options = {}): Promise<Emulator> {
  const started = await start({ port: 0, ...options });
  open.push(started);
  return started;
}

/** A server that answers every connection with these bytes. */
async function serve(onConnection: (socket: Socket) => void): Promise<string> {
  const server: Server = createServer((socket) => {
    socket.on('error', () => {}).resume();
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push({ close: () => new Promise((resolve) => server.close(resolve)) });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const reload = (baseUrl: string, modelId = 'a', options = {}) =>
  createClient({ apiKey: 'demo-key', baseUrl, maxRetries: 0, ...options })
    .reload(modelId)
    .catch((error: ReloadError) => error);

test('the request is what the API documents: the key in the body and nowhere else', async () => {
  const { url, requests } = await emulator({ loaded: ['a'] });
  await reload(url);
  expect(requests).toHaveLength(1);
  expect(requests[0]).toMatchObject({
    method: 'POST',
    path: '/api/v6/images/model_reload',
    modelId: 'a',
    keyIsValid: true,
    fieldNames: ['key', 'model_id'],
    reply: 200,
  });
  expect(requests[0]?.headers).toMatchObject({
    'content-type': 'application/json',
    'user-agent': expect.stringMatching(/^modelslab-reload\/\d/),
  });
  expect(JSON.stringify(requests[0]?.headers)).not.toContain('[redacted]');
});

test('reload waits over a real socket', async () => {
  const { url, requests } = await emulator({ loadTimeMs: 50 });
  const outcome = await reload(url, 'a', { pollIntervalMs: 30 });
  expect(outcome).toMatchObject({ status: 'success', evidence: 'change', error: null });
  expect(requests.length).toBeGreaterThanOrEqual(2);
});

test('listTrainedModels works over a real socket', async () => {
  const { url } = await emulator({ models: ['a', 'b'] });
  const client = createClient({ apiKey: 'demo-key', baseUrl: url });
  expect(await client.listTrainedModels()).toEqual(['a', 'b']);
});

test.each([
  ['resets', 'network_error', /ECONNRESET/],
  ['truncated', 'network_error', /UND_ERR_SOCKET/],
  ['huge', 'unexpected_response', /too large/],
  ['hangs', 'request_timeout', /No complete reply within 20s/],
  ['drips', 'request_timeout', /No complete reply within 20s/],
  ['redirects', 'unexpected_response', /redirect/],
  ['empty-body', 'unexpected_response', /empty body/],
  ['html-502', 'server_error', /502/],
])('the fault %s', async (id, code, message) => {
  const { url, requests } = await emulator();
  // The time passes once the request has arrived.
  const silent = createIdleClock(createTransport(), () => requests.length > 0);
  const isSilent = code === 'request_timeout';
  const error = await reload(url, id, isSilent ? { requestTimeoutMs: 20_000, ...silent } : {});
  expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
  // Following a redirect would forward the key, so no other request was sent.
  expect(requests).toHaveLength(1);
});

test('a refused connection is a network error', async () => {
  const closed = await closedPort('127.0.0.1');
  open.push(closed);
  expect(await reload(closed.url)).toMatchObject({
    code: 'network_error',
    message: expect.stringContaining('ECONNREFUSED'),
    outcome: { requests: 0 },
    cause: { code: 'ECONNREFUSED' },
  });
});

test('a server that does not speak HTTP is a network error', async () => {
  const url = await serve((socket) => socket.end('SSH-2.0-OpenSSH\r\n'));
  expect(await reload(url)).toMatchObject({
    code: 'network_error',
    message: expect.stringContaining('does not match the HTTP/1.1 protocol'),
  });
});

test('headers that are far too large are an unexpected response', async () => {
  const url = await serve((socket) =>
    socket.end(`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(40_000)}\r\n\r\n`),
  );
  expect(await reload(url)).toMatchObject({
    code: 'unexpected_response',
    message: expect.stringContaining('too large'),
  });
});

test('an early hint is not the reply', async () => {
  const body = '{"status":"success"}';
  const url = await serve((socket) => {
    socket.once('data', () => {
      socket.write('HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n');
      socket.end(`HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
    });
  });
  expect(await reload(url)).toMatchObject({ status: 'success' });
});

test('an abort ends a running request immediately', async () => {
  const { url, requests } = await emulator();
  const client = createClient({ apiKey: 'demo-key', baseUrl: url });
  const caller = new AbortController();
  const reloading = client
    .reload('hangs', { signal: caller.signal })
    .catch((error: ReloadError) => error);
  await vi.waitUntil(() => requests.length === 1, MAX_WAIT_MS);
  caller.abort();
  expect(await reloading).toMatchObject({ code: 'aborted' });
  await vi.waitUntil(() => requests[0]?.reply === 'aborted', MAX_WAIT_MS);
});

test('a request that is aborted does not affect the others', async () => {
  const { url, requests } = await emulator({ success: 'blocking', loadTimeMs: 200 });
  const client = createClient({ apiKey: 'demo-key', baseUrl: url });
  const caller = new AbortController();
  const givenUp = client.reload('hangs', { signal: caller.signal }).catch(() => 'given up');
  const beside = client.reload('a');
  await vi.waitUntil(() => requests.length === 2, MAX_WAIT_MS);
  caller.abort();
  expect(await givenUp).toBe('given up');
  expect(await client.reload('b')).toMatchObject({ status: 'success', requests: 1 });
  expect(await beside).toMatchObject({ status: 'success', requests: 1 });
});

test('a proxy that rejects the tunnel is a final failure', async () => {
  const proxy = await serve((socket) =>
    socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n'),
  );
  vi.stubEnv('NO_PROXY', '');
  vi.stubEnv('no_proxy', '');
  vi.stubEnv('HTTPS_PROXY', proxy);
  vi.stubEnv('https_proxy', proxy);
  const error = await reload('https://api.example', 'a', { maxRetries: 3 });
  expect(error).toMatchObject({ code: 'network_error', hint: expect.stringContaining('proxy') });
  expect(error).toMatchObject({
    message: expect.stringContaining('403'),
    outcome: { requests: 0 },
  });
});

test('a proxy variable that is not a URL is reported without its password', async () => {
  vi.stubEnv('NO_PROXY', '');
  vi.stubEnv('https_proxy', undefined);
  vi.stubEnv('HTTPS_PROXY', 'http://me:secret-password@pro xy');
  const error = await reload('https://api.example');
  expect(error).toMatchObject({
    code: 'invalid_argument',
    message: expect.stringContaining('proxy variable'),
  });
  expect(String((error as Error).stack)).not.toContain('secret-password');
});

/** Starts a proxy that rejects every tunnel; `asked` has the requests. */
async function serveProxy() {
  const asked: string[] = [];
  const url = await serve((socket) => {
    socket.once('data', (bytes) => {
      asked.push(String(bytes));
      socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n');
    });
  });
  return { url, asked };
}

function setProxies(env: Record<string, string>): void {
  for (const name of ['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy']) {
    vi.stubEnv(name, undefined);
    vi.stubEnv(name.toUpperCase(), undefined);
  }
  // Afterwards, because on Windows both names are one variable.
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
}

test.each([
  ['127.0.0.1', undefined],
  ['127.0.0.1', '127.0.0.0/8'],
  ['localhost', ''],
])('a request to %s never goes to a proxy, with NO_PROXY %j', async (host, noProxy) => {
  const proxy = await serveProxy();
  const { url } = await emulator({ loaded: ['a'] });
  setProxies({
    HTTP_PROXY: proxy.url,
    http_proxy: proxy.url,
    ALL_PROXY: proxy.url,
    ...(noProxy !== undefined && { NO_PROXY: noProxy }),
  });
  expect(await reload(url.replace('127.0.0.1', host))).toMatchObject({ status: 'success' });
  expect(proxy.asked).toEqual([]);
});

// As in curl.
test.for<[Record<string, string>, 'proxy' | 'direct']>([
  [{ HTTPS_PROXY: 'P' }, 'proxy'],
  [{ https_proxy: 'P' }, 'proxy'],
  [{ ALL_PROXY: 'P' }, 'proxy'],
  [{ all_proxy: 'P' }, 'proxy'],
  [{ HTTPS_PROXY: 'http://127.0.0.1:1', https_proxy: 'P' }, 'proxy'],
  [{ HTTPS_PROXY: 'P', ALL_PROXY: 'http://127.0.0.1:1' }, 'proxy'],
  [{ HTTP_PROXY: 'P', http_proxy: 'P' }, 'direct'],
  [{ https_proxy: '', HTTPS_PROXY: 'P' }, 'direct'],
  [{ HTTPS_PROXY: 'P', NO_PROXY: 'api.invalid' }, 'direct'],
  [{ HTTPS_PROXY: 'P', NO_PROXY: 'API.invalid:443' }, 'direct'],
  [{ HTTPS_PROXY: 'P', NO_PROXY: 'localhost, .invalid' }, 'direct'],
  [{ ALL_PROXY: 'P', no_proxy: '*' }, 'direct'],
])('with %j a request to https://api.invalid goes %s', async ([env, way], context) => {
  if ('https_proxy' in env && 'HTTPS_PROXY' in env) needsBothCases(context);
  const proxy = await serveProxy();
  setProxies(
    Object.fromEntries(
      Object.entries(env).map(([name, value]) => [name, value === 'P' ? proxy.url : value]),
    ),
  );
  expect(await reload('https://api.invalid')).toMatchObject({ code: 'network_error' });
  expect(proxy.asked.map((text) => /^CONNECT (\S+)/.exec(text)?.[1])).toEqual(
    way === 'proxy' ? ['api.invalid:443'] : [],
  );
});

test('no proxy gets the key', async () => {
  const proxy = await serveProxy();
  setProxies({ HTTPS_PROXY: proxy.url, HTTP_PROXY: proxy.url });
  await reload('https://api.invalid');
  await reload('http://api.invalid', 'a', { allowInsecureHttp: true });
  expect(proxy.asked).toHaveLength(2);
  expect(proxy.asked.join('')).not.toContain('demo-key');
});

test('a connection to a silent proxy is closed with its request, even after another one has ended', async () => {
  const sockets: Socket[] = [];
  const stop = new AbortController();
  const proxy = await serve((socket) => {
    const isFirst = sockets.push(socket) === 1;
    if (isFirst) socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n');
    else stop.abort();
  });
  setProxies({ HTTPS_PROXY: proxy });
  const client = createClient({
    apiKey: 'demo-key',
    baseUrl: 'https://api.invalid',
    maxRetries: 0,
  });
  const failureOf = (id: string, options?: ReloadOptions) =>
    client.reload(id, options).catch(({ code }: ReloadError) => code);
  expect(await failureOf('a')).toBe('network_error');
  expect(await failureOf('b', { signal: stop.signal })).toBe('aborted');
  expect(sockets).toHaveLength(2);
  // Later, the timeout for connecting would close it: after 10 s.
  await vi.waitUntil(() => sockets[1]?.closed, 8000);
});

test('a connection is not used again if the machine was suspended after its last use', async () => {
  const server = await startHealthy();
  open.push(server);
  const client = createClient({ apiKey: 'demo-key', baseUrl: server.url });
  await client.reload('a');
  // undici uses a connection again in the next turn of the event loop.
  await new Promise((resolve) => setTimeout(resolve, 10));
  await client.reload('b');
  expect(server.opened()).toBe(1);
  // The monotonic clock, and undici's timers with it, stand still meanwhile.
  const now = vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 5001);
  await client.reload('c');
  now.mockRestore();
  expect(server.opened()).toBe(2);
  // Later, undici would close it as idle: after 4 s.
  await vi.waitUntil(() => server.connections() === 1, 3000);
});
