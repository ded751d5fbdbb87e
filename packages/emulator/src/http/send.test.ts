import { gunzipSync } from 'node:zlib';
import { afterEach, expect, test, vi } from 'vitest';
import { RELOAD_PATH } from '../../test/requests.ts';
import {
  createRawRequest,
  createReloadBody,
  pause,
  post,
  postAndFormat,
  readText,
  sendRaw,
  waitUntil,
} from '../../test/sockets.ts';
import { createEmulator, specialModels, start, type Emulator } from '../index.ts';

let emulator: Emulator;

async function postTo(modelId: string) {
  emulator = await start({ port: 0 });
  return post(emulator.url, createReloadBody(modelId));
}

afterEach(() => emulator.close());

const FAULTS = new Set(['truncated', 'huge', 'hangs', 'drips', 'resets']);

test.each(Object.keys(specialModels).filter((id) => !FAULTS.has(id)))(
  'over a socket, %s gets the same status, headers and text as without one',
  async (modelId) => {
    const { status, headers, text } = await createEmulator().answer({
      method: 'POST',
      url: RELOAD_PATH,
      headers: {},
      body: createReloadBody(modelId),
    });
    const reply = await post((emulator = await start({ port: 0 })).url, createReloadBody(modelId));
    expect(reply.statusCode).toBe(status);
    // The date depends on the clock.
    const { date: _date, 'retry-after': retryAfter, ...others } = headers;
    expect(reply.headers).toMatchObject(others);
    expect('retry-after' in reply.headers).toBe(retryAfter !== undefined);
    if (headers['content-encoding'] === undefined) {
      expect(await readText(reply)).toBe(text);
      expect(reply.headers['content-length']).toBe(String(Buffer.byteLength(text)));
    }
  },
);

test('gzip: the text is compressed', async () => {
  const reply = await postTo('gzip');
  expect(reply.headers['content-encoding']).toBe('gzip');
  const chunks: Buffer[] = [];
  for await (const chunk of reply as AsyncIterable<Buffer>) chunks.push(chunk);
  expect(gunzipSync(Buffer.concat(chunks)).toString()).toBe(
    '{"status":"processing","message":"Model is reloading"}',
  );
});

test('redirects: a client that follows the redirect is recorded', async () => {
  const { headers } = await postTo('redirects');
  const { location = '' } = headers;
  const followed = await postAndFormat(emulator.url, createReloadBody('redirects'), location);
  expect(followed).toBe('404 error: Not found');
  expect(emulator.requests[1]).toMatchObject({ path: location, modelId: 'redirects', reply: 404 });
});

test('resets: the connection is reset', async () => {
  await expect(postTo('resets')).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect(emulator.requests).toMatchObject([{ reply: 'reset' }]);
});

test('an error from intercept resets the connection', async () => {
  emulator = await start({ port: 0, intercept: () => new Error('no') });
  await expect(post(emulator.url, createReloadBody('m'))).rejects.toMatchObject({
    code: 'ECONNRESET',
  });
});

test('truncated: a FIN comes before the length is reached', async () => {
  emulator = await start({ port: 0 });
  const socket = await sendRaw(emulator.url, createRawRequest(createReloadBody('truncated')));
  // A reset would cause a read error; a FIN does not.
  const [head = '', body = ''] = (await readText(socket)).split('\r\n\r\n');
  const length = Number(/content-length: (\d+)/i.exec(head)?.[1]);
  expect(body).toContain('{"status":"success"');
  expect(length).toBeGreaterThan(body.length);
  expect(emulator.requests).toMatchObject([{ reply: 'truncated' }]);
});

test('huge: 64 MiB of valid JSON', async () => {
  let bytes = 0;
  let last = '';
  for await (const chunk of (await postTo('huge')) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    last = chunk.toString('latin1', chunk.length - 2);
  }
  expect([bytes, last]).toEqual([64 * 2 ** 20, '"}']);
  await waitUntil(() => emulator.requests[0]?.reply === 'huge');
});

test('huge: is not sent faster than it is read, and ends when the reader disconnects', async () => {
  const reply = await postTo('huge');
  reply.pause();
  await pause(50);
  expect(emulator.requests[0]?.reply).toBe('open');
  reply.destroy();
  await waitUntil(() => emulator.requests[0]?.reply === 'aborted');
});

test('hangs: nothing is sent, and the record shows when the client disconnects', async () => {
  emulator = await start({ port: 0 });
  const leaving = new AbortController();
  const hanging = post(emulator.url, createReloadBody('hangs'), { signal: leaving.signal });
  await waitUntil(() => emulator.requests.length === 1);
  expect(emulator.requests[0]?.reply).toBe('open');
  leaving.abort();
  await expect(hanging).rejects.toThrow('aborted');
  await waitUntil(() => emulator.requests[0]?.reply === 'aborted');
});

test('drips: the headers immediately, then a byte at a time, until the client disconnects', async () => {
  const setInterval = vi.spyOn(globalThis, 'setInterval');
  const clearInterval = vi.spyOn(globalThis, 'clearInterval');
  const reply = await postTo('drips');
  expect(reply.statusCode).toBe(200);
  const sizes: number[] = [];
  for await (const chunk of reply as AsyncIterable<Buffer>) {
    if (sizes.push(chunk.length) === 3) break;
  }
  expect(sizes).toEqual([1, 1, 1]);
  await waitUntil(() => emulator.requests[0]?.reply === 'aborted');
  const started = setInterval.mock.calls.findIndex(([, ms]) => ms === 100);
  expect(clearInterval).toHaveBeenCalledWith(setInterval.mock.results[started]?.value);
  vi.restoreAllMocks();
});
