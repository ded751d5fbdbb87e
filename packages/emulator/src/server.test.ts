import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { lineOf, reloadPath } from '../test/ask.ts';
import { start, type Emulator, type EmulatorOptions } from './index.ts';

let emulator: Emulator;

async function started(options: EmulatorOptions = {}): Promise<Emulator> {
  emulator = await start({ port: 0, ...options });
  return emulator;
}

afterEach(() => emulator.close());

function bodyOf(modelId: string): string {
  return JSON.stringify({ key: 'demo-key', model_id: modelId });
}

/** Begins an exchange; gives the reply once its headers are there. */
function post(body: string, path = reloadPath, signal?: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const options = { method: 'POST', agent: false, ...(signal && { signal }) };
    httpRequest(emulator.url + path, options, resolve)
      .on('error', reject)
      .end(body);
  });
}

async function textOf(message: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

async function ask(body: string, path = reloadPath): Promise<string> {
  const reply = await post(body, path);
  return lineOf({ status: reply.statusCode ?? 0, headers: {}, text: await textOf(reply) });
}

/** A client that says just this. */
function say(text: string): Promise<Socket> {
  const { hostname, port } = new URL(emulator.url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write(text);
      resolve(socket);
    }).on('error', reject);
  });
}

function rawRequest(body: string): string {
  return `POST ${reloadPath} HTTP/1.1\r\nhost: a\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

const replies: [string, string][] = [
  ['m', '200 processing: Model is reloading'],
  ['not-found', '404 error: Model not found: not-found'],
  ['always-processing', '200 processing: Model is reloading'],
  ['fails-once', '500 error: Internal server error'],
  ['rate-limited-once', '429 error: Rate limit exceeded. Maximum 5 queued requests allowed.'],
  ['spam-filtered', '200 error: Rate limit exceeded'],
  ['server-error', '500 error: Internal server error'],
  ['http-200-error', '200 error: Something went wrong'],
  ['misspelt', '200 processing: Model is reloading'],
  ['validation-object', '200 error: {"model_id":["The selected model id is invalid."]}'],
  ['status-failed', '200 failed: Failed, Try Again'],
  ['says-success-while-loading', '200 success: Model is reloading'],
  ['no-message', '200 success: undefined'],
];

test.each(replies)('over a socket: %s', async (modelId, expected) => {
  await started();
  expect(await ask(bodyOf(modelId))).toBe(expected);
});

test.each<[string, number, string, string]>([
  ['html-502', 502, 'text/html', '<html>'],
  ['empty-body', 200, 'application/json', ''],
])('over a socket: %s', async (modelId, status, type, beginning) => {
  await started();
  const reply = await post(bodyOf(modelId));
  expect([reply.statusCode, reply.headers['content-type']]).toEqual([status, type]);
  const text = await textOf(reply);
  expect(text.slice(0, 6)).toBe(beginning);
  expect(reply.headers['content-length']).toBe(String(text.length));
});

test('echoes-key says the key', async () => {
  await started();
  expect(await ask(bodyOf('echoes-key'))).toContain('demo-key');
});

test('redirects to a path of the same host; who follows is seen', async () => {
  await started();
  const reply = await post(bodyOf('redirects'));
  expect(reply.statusCode).toBe(307);
  const { location = '' } = reply.headers;
  expect(await ask(bodyOf('redirects'), location)).toBe('404 error: Not found');
  expect(emulator.requests[1]).toMatchObject({ path: location, modelId: 'redirects', reply: 404 });
});

test('resets', async () => {
  await started();
  await expect(post(bodyOf('resets'))).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect(emulator.requests).toMatchObject([{ reply: 'reset' }]);
});

test('an error from intercept resets the connection', async () => {
  await started({ intercept: () => new Error('no') });
  await expect(post(bodyOf('m'))).rejects.toMatchObject({ code: 'ECONNRESET' });
});

test('truncated: a FIN comes before the length is reached', async () => {
  await started();
  const socket = await say(rawRequest(bodyOf('truncated')));
  // Reading to the end without an error is what tells a FIN from a reset.
  const [head = '', body = ''] = (await textOf(socket)).split('\r\n\r\n');
  const length = Number(/content-length: (\d+)/i.exec(head)?.[1]);
  expect(body).toContain('{"status":"success"');
  expect(length).toBeGreaterThan(body.length);
  expect(emulator.requests).toMatchObject([{ reply: 'truncated' }]);
});

test('huge: 64 MiB of good JSON', async () => {
  await started();
  let bytes = 0;
  let last = '';
  for await (const chunk of (await post(bodyOf('huge'))) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    last = chunk.toString('latin1', chunk.length - 2);
  }
  expect([bytes, last]).toEqual([64 * 2 ** 20, '"}']);
  await until(() => emulator.requests[0]?.reply === 'huge');
});

test('huge: is not sent faster than it is read, and ends when the reader goes', async () => {
  await started();
  const reply = await post(bodyOf('huge'));
  reply.pause();
  await pause(50);
  expect(emulator.requests[0]?.reply).toBe('open');
  reply.destroy();
  await until(() => emulator.requests[0]?.reply === 'aborted');
});

test('hangs: nothing comes; the client’s leaving is seen', async () => {
  await started();
  const patience = new AbortController();
  const hanging = post(bodyOf('hangs'), reloadPath, patience.signal);
  await until(() => emulator.requests.length === 1);
  expect(emulator.requests[0]?.reply).toBe('open');
  patience.abort();
  await expect(hanging).rejects.toThrow('aborted');
  await until(() => emulator.requests[0]?.reply === 'aborted');
});

test('drips: headers at once, then a byte and a byte', async () => {
  await started();
  const reply = await post(bodyOf('drips'));
  expect(reply.statusCode).toBe(200);
  const sizes: number[] = [];
  for await (const chunk of reply as AsyncIterable<Buffer>) {
    if (sizes.push(chunk.length) === 3) break;
  }
  expect(sizes).toEqual([1, 1, 1]);
  await until(() => emulator.requests[0]?.reply === 'aborted');
});

test('blocking: the reply comes when the model is loaded', async () => {
  await started({ success: 'blocking', loadTimeMs: 60 });
  const before = performance.now();
  expect(await ask(bodyOf('m'))).toBe('200 success: Model reloaded');
  expect(performance.now() - before).toBeGreaterThan(50);
  expect(emulator.isLoaded('m')).toBe(true);
});

test('a client that leaves a blocking exchange leaves the queue', async () => {
  await started({ success: 'blocking', loadTimeMs: 60_000, queueLimit: 1 });
  const socket = await say(rawRequest(bodyOf('m')));
  await until(() => emulator.requests.length === 1);
  expect(await ask(bodyOf('m'))).toContain('429');
  socket.destroy();
  await until(() => emulator.requests[0]?.reply === 'aborted');
});

test('requests on one connection, sent without waiting, are answered in order', async () => {
  await started({ queueLimit: 50 });
  const count = 20;
  const socket = await say(
    rawRequest(bodyOf('m')).repeat(count - 1) + rawRequest(bodyOf('truncated')),
  );
  const statuses = (await textOf(socket)).match(/HTTP\/1\.1 200/g);
  expect(statuses).toHaveLength(count);
});

test.each<[string, string, RegExp]>([
  ['no HTTP', 'hello\r\n\r\n', /^HTTP\/1\.1 400/],
  ['a body that is no JSON', rawRequest('{"key"'), /^HTTP\/1\.1 400[^]*Invalid API Request/],
  ['bytes that are no UTF-8', rawRequest('\u0000\u00ff'), /^HTTP\/1\.1 400/],
  ['a body over 1 MiB', rawRequest('x'.repeat(3 * 2 ** 20)), /^HTTP\/1\.1 413/],
  ['GET', `GET ${reloadPath} HTTP/1.1\r\nhost: a\r\n\r\n`, /^HTTP\/1\.1 405/],
  ['a strange target', 'POST * HTTP/1.1\r\nhost: a\r\n\r\n', /^HTTP\/1\.1 404/],
])('survives %s', async (_, text, expected) => {
  await started();
  const socket = await say(text);
  expect(await firstReply(socket)).toMatch(expected);
  expect(await ask(bodyOf('m'))).toBe('200 processing: Model is reloading');
});

test.each<[string, string]>([
  ['half a head', 'POST / HT'],
  ['half a body', rawRequest(bodyOf('m')).slice(0, -5)],
  ['CONNECT', 'CONNECT a:443 HTTP/1.1\r\nhost: a\r\n\r\n'],
])('survives a client that leaves after %s', async (_, text) => {
  await started();
  const socket = await say(text);
  await pause(10);
  socket.resetAndDestroy();
  expect(await ask(bodyOf('m'))).toBe('200 processing: Model is reloading');
});

test('close ends what is open, at once, and may be called twice', async () => {
  await started({ success: 'blocking' });
  const leaving = ['m', 'hangs'].map((modelId) => post(bodyOf(modelId)));
  const outcomes = Promise.allSettled(leaving);
  const idle = await say('');
  idle.on('error', () => {});
  const [drip, huge] = await Promise.all([post(bodyOf('drips')), post(bodyOf('huge'))]);
  for (const reply of [drip, huge]) reply.on('error', () => {});
  await until(() => emulator.requests.length === 4);
  const before = performance.now();
  await Promise.all([emulator.close(), emulator.close()]);
  expect(performance.now() - before).toBeLessThan(100);
  expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(emulator.requests.map(({ reply }) => reply)).toEqual(Array(4).fill('aborted'));
  await expect(post(bodyOf('m'))).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test('a port in use is told', async () => {
  await started();
  const port = Number(new URL(emulator.url).port);
  await expect(start({ port })).rejects.toThrow(
    `The emulator cannot listen on 127.0.0.1, port ${port}: the port is in use.`,
  );
});

test.each([
  [{ port: 70_000 }, 'port 70000'],
  [{ port: 0, host: 'nowhere.invalid' }, 'nowhere.invalid'],
])('what cannot be listened on is told: %j', async (options, expected) => {
  await started();
  await expect(start(options)).rejects.toThrow(expected);
});

test('an IPv6 host stands in brackets', async ({ skip }) => {
  await started();
  const onIpv6 = await start({ port: 0, host: '::1' }).catch(() => skip('no IPv6 here'));
  await emulator.close();
  emulator = onIpv6;
  expect(emulator.url).toMatch(/^http:\/\/\[::1\]:\d+$/);
  expect(await ask(bodyOf('m'))).toBe('200 processing: Model is reloading');
});

/** What comes until the first head is whole; our replies send head and body together. */
async function firstReply(socket: Socket): Promise<string> {
  let text = '';
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    text += chunk.toString();
    if (text.includes('\r\n\r\n')) break;
  }
  return text;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await pause(2);
}
