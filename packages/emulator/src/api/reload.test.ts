import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { createReloadRequest, formatReply } from '../../test/requests.ts';
import { createEmulator, createVirtualClock, type EmulatorOptions } from '../index.ts';

/** Sends reload calls at these seconds; returns the time and the text of each reply, and whether the model is loaded. */
async function playScenario(
  options: EmulatorOptions,
  at: readonly number[],
  modelId = 'm',
): Promise<string[]> {
  const clock = createVirtualClock();
  const emulator = createEmulator({ clock, ...options });
  const replies: string[] = [];
  await clock.run(async () => {
    const calls = at.map(async (seconds) => {
      await clock.sleep(seconds * 1000);
      const reply = await emulator.answer(createReloadRequest(modelId));
      const state = emulator.isLoaded(modelId) ? 'loaded' : 'not loaded';
      replies.push(`${clock.now() / 1000} ${formatReply(reply)} (${state})`);
    });
    await Promise.all(calls);
  });
  return replies;
}

const PROCESSING = '200 processing: Model is reloading (not loaded)';
const RELOADED = '200 success: Model reloaded (loaded)';
const ACCEPTED = '200 success: Model reload request accepted';
const SPAM = '200 error: Rate limit exceeded';

test.each<[string, EmulatorOptions, number[], string[]]>([
  [
    'success means loaded',
    {},
    [0, 119, 120, 400],
    [`0 ${PROCESSING}`, `119 ${PROCESSING}`, `120 ${RELOADED}`, `400 ${RELOADED}`],
  ],
  [
    'success means accepted',
    { success: 'accepted' },
    [0, 119, 120],
    [`0 ${ACCEPTED} (not loaded)`, `119 ${ACCEPTED} (not loaded)`, `120 ${ACCEPTED} (loaded)`],
  ],
  [
    'success means loaded, and the request stays open until then',
    { success: 'blocking' },
    [0, 60, 200],
    [`120 ${RELOADED}`, `120 ${RELOADED}`, `200 ${RELOADED}`],
  ],
  [
    'another call is harmless',
    { repeat: 'harmless' },
    [0, 60, 120],
    [`0 ${PROCESSING}`, `60 ${PROCESSING}`, `120 ${RELOADED}`],
  ],
  [
    'a call within a fixed spam window is rejected; the window starts at the last accepted call',
    { repeat: 'refused' },
    [0, 29, 30, 59, 60, 120, 121],
    [
      `0 ${PROCESSING}`,
      `29 ${SPAM} (not loaded)`,
      `30 ${PROCESSING}`,
      `59 ${SPAM} (not loaded)`,
      `60 ${PROCESSING}`,
      `120 ${RELOADED}`,
      `121 ${SPAM} (loaded)`,
    ],
  ],
  [
    'a rejected call restarts a prolonged spam window',
    { repeat: 'refused', spamWindow: 'prolonged' },
    [0, 29, 58, 88, 117, 147],
    [
      `0 ${PROCESSING}`,
      `29 ${SPAM} (not loaded)`,
      `58 ${SPAM} (not loaded)`,
      `88 ${PROCESSING}`,
      `117 ${SPAM} (not loaded)`,
      `147 ${RELOADED}`,
    ],
  ],
  [
    'another call restarts the load',
    { repeat: 'restarts' },
    [0, 100, 219, 339, 340],
    [
      `0 ${PROCESSING}`,
      `100 ${PROCESSING}`,
      `219 ${PROCESSING}`,
      `339 ${RELOADED}`,
      `340 ${RELOADED}`,
    ],
  ],
  [
    'an open request waits for the end of the restarted load',
    { success: 'blocking', repeat: 'restarts' },
    [0, 100],
    [`220 ${RELOADED}`, `220 ${RELOADED}`],
  ],
  [
    'a function determines the time of each load, and a restarted load may be shorter',
    { success: 'blocking', repeat: 'restarts', loadTimeMs: takeInTurn(300_000, 20_000) },
    [0, 100],
    [`120 ${RELOADED}`, `120 ${RELOADED}`],
  ],
  ['loading takes no time', { loadTimeMs: 0 }, [0], [`0 ${RELOADED}`]],
  ['loaded at the start', { loaded: ['m'] }, [0], [`0 ${RELOADED}`]],
])('%s', async (_, options, at, expected) => {
  expect(await playScenario(options, at)).toEqual(expected);
});

const DAY = 86_400;

test.each<[string, EmulatorOptions, number[], string]>([
  ['it is unloaded a week after the load', {}, [0, 120 + 7 * DAY], PROCESSING],
  ['it is still loaded a second before that', {}, [0, 120 + 7 * DAY - 1], RELOADED],
  ['a reload counts as use', {}, [0, 6 * DAY, 12 * DAY], RELOADED],
  ['a reload does not count as use', { reloadCounts: false }, [0, 6 * DAY, 12 * DAY], PROCESSING],
  ['the week is an option', { idleAfterMs: 1000 }, [0, 121], PROCESSING],
])('idle: %s', async (_, options, at, expected) => {
  expect((await playScenario(options, at)).at(-1)).toBe(`${at.at(-1)} ${expected}`);
});

test('loadedSince is the end of the load, or null while the model is not loaded', async () => {
  const clock = createVirtualClock(5000);
  const emulator = createEmulator({
    clock,
    loadTimeMs: 1000,
    idleAfterMs: 2000,
    loaded: ['early'],
  });
  expect(emulator.loadedSince('early')).toBe(5000);
  expect([emulator.isLoaded('m'), emulator.loadedSince('m')]).toEqual([false, null]);
  await emulator.answer(createReloadRequest('m'));
  expect([emulator.isLoaded('m'), emulator.loadedSince('m')]).toEqual([false, null]);
  await clock.run(() => clock.sleep(2999));
  expect([emulator.isLoaded('m'), emulator.loadedSince('m')]).toEqual([true, 6000]);
  await clock.run(() => clock.sleep(1));
  expect([emulator.isLoaded('m'), emulator.loadedSince('m')]).toEqual([false, null]);
});

test('a blocking request leaves no listener on its signal, even if the load restarts', async () => {
  const clock = createVirtualClock();
  const emulator = createEmulator({ clock, success: 'blocking', repeat: 'restarts' });
  const { signal } = new AbortController();
  await clock.run(async () => {
    const request = emulator.answer(createReloadRequest('m'), signal);
    await clock.sleep(60_000);
    await emulator.answer(createReloadRequest('m'));
    await request;
  });
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

test('a client that disconnects from a blocking request does not stop the load', async () => {
  const clock = createVirtualClock();
  const emulator = createEmulator({ clock, success: 'blocking' });
  const deadline = new AbortController();
  await clock.run(async () => {
    const request = emulator.answer(createReloadRequest('m'), deadline.signal);
    const aborting = clock.sleep(1000).then(() => deadline.abort(new Error('deadline')));
    await expect(request).rejects.toThrow('deadline');
    await aborting;
    expect(emulator.requests).toMatchObject([{ reply: 'aborted', at: 0, endedAt: 1000 }]);
    await clock.sleep(119_000);
  });
  expect(emulator.loadedSince('m')).toBe(120_000);
});

function takeInTurn(...times: number[]): () => number {
  return () => times.shift() ?? 0;
}
