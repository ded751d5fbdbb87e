import { expect, test } from 'vitest';
import {
  createReloadRequest,
  createRequest,
  formatReply,
  KEY,
  LIST_PATH,
} from '../../test/requests.ts';
import { createEmulator, createVirtualClock, type EmulatorOptions } from '../index.ts';

const FULL = '429 error: Rate limit exceeded. Maximum 2 queued requests allowed.';
const RELOADING = '200 processing: Model is reloading';

test.each<[string, EmulatorOptions, string[], string]>([
  ['two hang, the third is rejected', {}, ['hangs', 'hangs', 'm'], FULL],
  ['one hangs, the second is accepted', {}, ['hangs', 'm'], RELOADING],
  ['loading models do not count', {}, ['a', 'b', 'm'], RELOADING],
  ['loading models count with queue: loading', { queue: 'loading' }, ['a', 'b', 'm'], FULL],
  ['one loading model leaves a slot', { queue: 'loading' }, ['a', 'm'], RELOADING],
  [
    'one model that loads forever leaves a slot',
    { queue: 'loading' },
    ['always-processing', 'a', 'm'],
    FULL,
  ],
  [
    'a request for a loading model does not count twice',
    { queue: 'loading' },
    ['a', 'm', 'm'],
    RELOADING,
  ],
  [
    'a blocking request and its model count once',
    { queue: 'loading', success: 'blocking' },
    ['a', 'b'],
    '',
  ],
  ['two blocking requests', { queue: 'loading', success: 'blocking' }, ['a', 'b', 'm'], FULL],
  [
    'two blocking requests for the same model',
    { queue: 'loading', success: 'blocking' },
    ['a', 'a', 'm'],
    FULL,
  ],
])('queue limit of 2: %s', async (_, options, modelIds, expected) => {
  const clock = createVirtualClock();
  const emulator = createEmulator({ clock, queueLimit: 2, ...options });
  const done = new AbortController();
  let last = '';
  for (const modelId of modelIds) {
    last = '';
    emulator.answer(createReloadRequest(modelId), done.signal).then(
      (reply) => (last = formatReply(reply)),
      () => {},
    );
    await clock.run(async () => {});
  }
  expect(last).toBe(expected);
  done.abort();
});

test('a request leaves the queue when its client disconnects', async () => {
  const emulator = createEmulator({ queueLimit: 1 });
  const leaving = new AbortController();
  const hanging = emulator.answer(createReloadRequest('hangs'), leaving.signal);
  expect((await emulator.answer(createReloadRequest('m'))).status).toBe(429);
  leaving.abort(new Error('enough'));
  await expect(hanging).rejects.toThrow('enough');
  expect((await emulator.answer(createReloadRequest('m'))).status).toBe(200);
  expect(emulator.requests.map(({ reply }) => reply)).toEqual(['aborted', 429, 200]);
});

test('the queue limit applies to every call, and its 429 requests 30 seconds', async () => {
  const emulator = createEmulator({ queueLimit: 0 });
  const reply = await emulator.answer(createRequest(LIST_PATH, { key: KEY }));
  expect(JSON.parse(reply.text)).toEqual({
    status: 'error',
    message: 'Rate limit exceeded. Maximum 0 queued requests allowed.',
    retry_after: 30,
  });
});

test('an invalid key or body is reported even if the queue is full', async () => {
  const emulator = createEmulator({ queueLimit: 0 });
  expect((await emulator.answer(createReloadRequest('m', 'wrong'))).status).toBe(401);
  expect((await emulator.answer(createReloadRequest(''))).status).toBe(400);
});

test('the spam filter applies to each model separately, and its reply contains the time', async () => {
  const emulator = createEmulator({ repeat: 'refused', spamWindowMs: 1500 });
  expect(formatReply(await emulator.answer(createReloadRequest('a')))).toBe(RELOADING);
  expect(formatReply(await emulator.answer(createReloadRequest('b')))).toBe(RELOADING);
  const rejected = await emulator.answer(createReloadRequest('a'));
  expect(rejected.status).toBe(200);
  expect(JSON.parse(rejected.text)).toEqual({
    status: 'error',
    message: 'Rate limit exceeded',
    tips: 'you are sending same request multiple times, spam filter is enabled, please wait for 1.5 seconds and try again',
  });
});

test('without the spam filter the same request is accepted immediately', async () => {
  const emulator = createEmulator();
  await emulator.answer(createReloadRequest('a'));
  expect(formatReply(await emulator.answer(createReloadRequest('a')))).toBe(RELOADING);
});
