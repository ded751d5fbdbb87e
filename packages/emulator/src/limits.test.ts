import { expect, test } from 'vitest';
import { lineOf, reloadOf, requestOf } from '../test/ask.ts';
import { createEmulator, createVirtualClock, type EmulatorOptions } from './index.ts';

const full = '429 error: Rate limit exceeded. Maximum 2 queued requests allowed.';
const reloading = '200 processing: Model is reloading';

test.each<[string, EmulatorOptions, string[], string]>([
  ['two hang, the third is one too many', {}, ['hangs', 'hangs', 'm'], full],
  ['one hangs, there is room', {}, ['hangs', 'm'], reloading],
  ['models that load leave room', {}, ['a', 'b', 'm'], reloading],
  ['models that load fill it', { queue: 'loading' }, ['a', 'b', 'm'], full],
  ['one that loads leaves room', { queue: 'loading' }, ['a', 'm'], reloading],
  ['one that never ends loading, too', { queue: 'loading' }, ['always-processing', 'a', 'm'], full],
  ['asking about one that loads', { queue: 'loading' }, ['a', 'm', 'm'], reloading],
  ['one that blocks is counted once', { queue: 'loading', success: 'blocking' }, ['a', 'b'], ''],
  ['two that block', { queue: 'loading', success: 'blocking' }, ['a', 'b', 'm'], full],
  [
    'the same one, blocking twice',
    { queue: 'loading', success: 'blocking' },
    ['a', 'a', 'm'],
    full,
  ],
])('queue of 2: %s', async (_, options, modelIds, expected) => {
  const clock = createVirtualClock();
  const emulator = createEmulator({ clock, queueLimit: 2, ...options });
  const done = new AbortController();
  let last = '';
  for (const modelId of modelIds) {
    last = '';
    emulator.answer(reloadOf(modelId), done.signal).then(
      (reply) => (last = lineOf(reply)),
      () => {},
    );
    await clock.run(async () => {});
  }
  expect(last).toBe(expected);
  done.abort();
});

test('an exchange leaves the queue when it is given up', async () => {
  const emulator = createEmulator({ queueLimit: 1 });
  const patience = new AbortController();
  const hanging = emulator.answer(reloadOf('hangs'), patience.signal);
  expect((await emulator.answer(reloadOf('m'))).status).toBe(429);
  patience.abort(new Error('enough'));
  await expect(hanging).rejects.toThrow('enough');
  expect((await emulator.answer(reloadOf('m'))).status).toBe(200);
  expect(emulator.requests.map(({ reply }) => reply)).toEqual(['aborted', 429, 200]);
});

test('the queue holds for every call, and asks to come back in 30 seconds', async () => {
  const emulator = createEmulator({ queueLimit: 0 });
  const reply = await emulator.answer(requestOf('/api/v3/finetune_list', { key: 'demo-key' }));
  expect(JSON.parse(reply.text)).toEqual({
    status: 'error',
    message: 'Rate limit exceeded. Maximum 0 queued requests allowed.',
    retry_after: 30,
  });
});

test('a wrong key or a bad request is told so, though the queue is full', async () => {
  const emulator = createEmulator({ queueLimit: 0 });
  expect((await emulator.answer(reloadOf('m', 'wrong'))).status).toBe(401);
  expect((await emulator.answer(reloadOf(''))).status).toBe(400);
});

test('the spam filter looks at each model alone and says how long to wait', async () => {
  const emulator = createEmulator({ repeat: 'refused', spamWindowMs: 1500 });
  expect(lineOf(await emulator.answer(reloadOf('a')))).toBe(reloading);
  expect(lineOf(await emulator.answer(reloadOf('b')))).toBe(reloading);
  const refused = await emulator.answer(reloadOf('a'));
  expect(refused.status).toBe(200);
  expect(JSON.parse(refused.text)).toEqual({
    status: 'error',
    message: 'Rate limit exceeded',
    tips: 'you are sending same request multiple times, spam filter is enabled, please wait for 1.5 seconds and try again',
  });
});

test('without the spam filter the same request may come at once', async () => {
  const emulator = createEmulator();
  await emulator.answer(reloadOf('a'));
  expect(lineOf(await emulator.answer(reloadOf('a')))).toBe(reloading);
});
