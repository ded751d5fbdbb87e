import { expect, test } from 'vitest';
import { createReloadRequest, formatReply } from '../../test/requests.ts';
import { createEmulator, createVirtualClock } from '../index.ts';

test('intercept comes first, and returns a reply, an error or null', async () => {
  const busy = { status: 503, headers: {}, text: 'busy' };
  const decisions = [busy, Object.assign(new Error('gone'), { code: 'ECONNRESET' }), null];
  const emulator = createEmulator({ intercept: () => decisions.shift() ?? null });
  expect(await emulator.answer(createReloadRequest('m'))).toEqual(busy);
  expect(emulator.isLoaded('m')).toBe(false);
  await expect(emulator.answer(createReloadRequest('m'))).rejects.toThrow('gone');
  expect((await emulator.answer(createReloadRequest('m'))).status).toBe(200);
  expect(emulator.requests.map(({ reply }) => reply)).toEqual([503, 'reset', 200]);
});

test('a request that is aborted before it is sent never arrives', async () => {
  const emulator = createEmulator();
  const signal = AbortSignal.abort(new Error('too late'));
  await expect(emulator.answer(createReloadRequest('m'), signal)).rejects.toThrow('too late');
  expect(emulator.requests).toEqual([]);
});

test('a request that is aborted before its reply rejects, but the model still loads', async () => {
  const emulator = createEmulator({ loadTimeMs: 0 });
  const leaving = new AbortController();
  const request = emulator.answer(createReloadRequest('m'), leaving.signal);
  leaving.abort(new Error('gone'));
  await expect(request).rejects.toThrow('gone');
  expect(emulator.requests).toMatchObject([{ reply: 'aborted' }]);
  expect(emulator.isLoaded('m')).toBe(true);
});

test('latencyMs: a request is open until its reply, which describes the state at its arrival', async () => {
  const clock = createVirtualClock();
  const emulator = createEmulator({ clock, latencyMs: 1000, queueLimit: 1, loadTimeMs: 500 });
  const replies = await clock.run(() =>
    Promise.all(
      [0, 900, 2000].map(async (ms) => {
        await clock.sleep(ms);
        const reply = formatReply(await emulator.answer(createReloadRequest('m')));
        return `${clock.now()} ${reply}`;
      }),
    ),
  );
  expect(replies).toEqual([
    '1000 200 processing: Model is reloading',
    '1900 429 error: Rate limit exceeded. Maximum 1 queued requests allowed.',
    '3000 200 success: Model reloaded',
  ]);
});

test('latencyMs: a client that disconnects ends the wait', async () => {
  const clock = createVirtualClock();
  const emulator = createEmulator({ clock, latencyMs: 60_000 });
  const leaving = new AbortController();
  await clock.run(async () => {
    const request = emulator.answer(createReloadRequest('m'), leaving.signal);
    await clock.sleep(1000);
    leaving.abort(new Error('gone'));
    await expect(request).rejects.toThrow('gone');
  });
  expect(emulator.requests).toMatchObject([{ reply: 'aborted', endedAt: 1000 }]);
});
