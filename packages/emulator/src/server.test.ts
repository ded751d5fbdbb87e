import type { Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { RELOAD_PATH } from '../test/requests.ts';
import {
  createRawRequest,
  createReloadBody,
  pause,
  post,
  postAndFormat,
  readText,
  sendRaw,
  waitUntil,
} from '../test/sockets.ts';
import { start, type Emulator, type EmulatorOptions } from './index.ts';

const PROCESSING = '200 processing: Model is reloading';

let emulator: Emulator;

async function startHere(options: EmulatorOptions = {}): Promise<void> {
  emulator = await start({ port: 0, ...options });
}

const reload = (modelId: string) => postAndFormat(emulator.url, createReloadBody(modelId));

afterEach(() => emulator.close());

test('with blocking, the reply comes when the model is loaded', async () => {
  await startHere({ success: 'blocking', loadTimeMs: 60 });
  const before = performance.now();
  expect(await reload('m')).toBe('200 success: Model reloaded');
  expect(performance.now() - before).toBeGreaterThan(50);
  expect(emulator.isLoaded('m')).toBe(true);
});

test('a client that disconnects from a blocking request leaves the queue', async () => {
  await startHere({ success: 'blocking', loadTimeMs: 60_000, queueLimit: 1 });
  const socket = await sendRaw(emulator.url, createRawRequest(createReloadBody('m')));
  await waitUntil(() => emulator.requests.length === 1);
  expect(await reload('m')).toContain('429');
  socket.destroy();
  await waitUntil(() => emulator.requests[0]?.reply === 'aborted');
});

test('pipelined requests are answered in order', async () => {
  await startHere({ queueLimit: 50 });
  const count = 20;
  const socket = await sendRaw(
    emulator.url,
    createRawRequest(createReloadBody('m')).repeat(count - 1) +
      createRawRequest(createReloadBody('truncated')),
  );
  const statuses = (await readText(socket)).match(/HTTP\/1\.1 200/g);
  expect(statuses).toHaveLength(count);
});

test.each<[string, string, RegExp]>([
  ['text that is not HTTP', 'hello\r\n\r\n', /^HTTP\/1\.1 400/],
  ['a body that is not JSON', createRawRequest('{"key"'), /^HTTP\/1\.1 400[^]*Invalid API Request/],
  ['bytes that are not UTF-8', createRawRequest('\u0000\u00ff'), /^HTTP\/1\.1 400/],
  ['a body over 1 MiB', createRawRequest('x'.repeat(3 * 2 ** 20)), /^HTTP\/1\.1 413/],
  ['GET', `GET ${RELOAD_PATH} HTTP/1.1\r\nhost: a\r\n\r\n`, /^HTTP\/1\.1 405/],
  ['a target that is not a path', 'POST * HTTP/1.1\r\nhost: a\r\n\r\n', /^HTTP\/1\.1 404/],
])('survives %s', async (_, text, expected) => {
  await startHere();
  const socket = await sendRaw(emulator.url, text);
  expect(await readFirstReply(socket)).toMatch(expected);
  expect(await reload('m')).toBe(PROCESSING);
});

test.each<[string, string]>([
  ['an incomplete head', 'POST / HT'],
  ['an incomplete body', createRawRequest(createReloadBody('m')).slice(0, -5)],
  ['CONNECT', 'CONNECT a:443 HTTP/1.1\r\nhost: a\r\n\r\n'],
])('survives a client that disconnects after %s', async (_, text) => {
  await startHere();
  const socket = await sendRaw(emulator.url, text);
  await pause(10);
  socket.resetAndDestroy();
  expect(await reload('m')).toBe(PROCESSING);
});

test('close ends all open requests immediately, and may be called twice', async () => {
  await startHere({ success: 'blocking' });
  const waiting = Promise.allSettled(
    ['m', 'hangs'].map((modelId) => post(emulator.url, createReloadBody(modelId))),
  );
  const idle = await sendRaw(emulator.url, '');
  idle.on('error', () => {});
  for (const modelId of ['drips', 'huge']) {
    const reply = await post(emulator.url, createReloadBody(modelId));
    reply.on('error', () => {});
  }
  await waitUntil(() => emulator.requests.length === 4);
  await Promise.all([emulator.close(), emulator.close()]);
  expect((await waiting).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(emulator.requests.map(({ reply }) => reply)).toEqual(Array(4).fill('aborted'));
  await expect(post(emulator.url, createReloadBody('m'))).rejects.toMatchObject({
    code: 'ECONNREFUSED',
  });
});

describe('an error of listening contains the address and the reason', () => {
  test('a port that is in use', async () => {
    await startHere();
    const port = Number(new URL(emulator.url).port);
    await expect(start({ port })).rejects.toThrow(
      `The emulator cannot listen on 127.0.0.1, port ${port}: address already in use.`,
    );
  });

  test.each([
    ['nowhere.invalid', 'unknown node or service'],
    ['192.0.2.1', 'address not available'],
  ])('%s', async (host, reason) => {
    await startHere();
    await expect(start({ port: 0, host })).rejects.toThrow(
      `The emulator cannot listen on ${host}, port 0: ${reason}`,
    );
  });
});

test.each([
  ['0.0.0.0', '127.0.0.1'],
  ['::', '[::1]'],
  ['::1', '[::1]'],
  ['localhost', /^(?:127\.0\.0\.1|\[::1\])$/],
])('the URL for the host %s can be requested', async (host, expected) => {
  // Without IPv6, the server cannot listen on such an address.
  const hasIpv6 = await start({ port: 0, host: '::1' }).then(
    (other) => other.close().then(() => true),
    () => false,
  );
  await startHere({ host: host.includes(':') && !hasIpv6 ? '127.0.0.1' : host });
  const { hostname } = new URL(emulator.url);
  if (hasIpv6 || !host.includes(':')) expect(hostname).toMatch(expected);
  expect(await reload('m')).toBe(PROCESSING);
});

/** Reads until the first head is complete: a reply's head and body arrive together. */
async function readFirstReply(socket: Socket): Promise<string> {
  let text = '';
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    text += chunk.toString();
    if (text.includes('\r\n\r\n')) break;
  }
  return text;
}
