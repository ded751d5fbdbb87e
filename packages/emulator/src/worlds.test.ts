import { describe, expect, test } from 'vitest';
import { lineOf, reloadOf, requestOf } from '../test/ask.ts';
import { createEmulator, createVirtualClock, type EmulatorOptions } from './index.ts';

/** A world on a virtual clock: `at` is what is asked when, in seconds; what comes back is when and what was answered. */
async function play(
  options: EmulatorOptions,
  at: readonly number[],
  modelId = 'm',
): Promise<string[]> {
  const clock = createVirtualClock();
  const emulator = createEmulator({ clock, ...options });
  const heard: string[] = [];
  await clock.run(async () => {
    const asking = at.map(async (seconds) => {
      await clock.sleep(seconds * 1000);
      const reply = await emulator.answer(reloadOf(modelId));
      const truth = emulator.isLoaded(modelId) ? 'loaded' : 'not loaded';
      heard.push(`${clock.now() / 1000} ${lineOf(reply)} (${truth})`);
    });
    await Promise.all(asking);
  });
  return heard;
}

const processing = '200 processing: Model is reloading (not loaded)';
const reloaded = '200 success: Model reloaded (loaded)';
const accepted = '200 success: Model reload request accepted';
const spam = '200 error: Rate limit exceeded';

test.each<[string, EmulatorOptions, number[], string[]]>([
  [
    'success means loaded',
    {},
    [0, 119, 120, 400],
    [`0 ${processing}`, `119 ${processing}`, `120 ${reloaded}`, `400 ${reloaded}`],
  ],
  [
    'success means accepted',
    { success: 'accepted' },
    [0, 119, 120],
    [`0 ${accepted} (not loaded)`, `119 ${accepted} (not loaded)`, `120 ${accepted} (loaded)`],
  ],
  [
    'the call answers when loaded',
    { success: 'blocking' },
    [0, 60, 200],
    [`120 ${reloaded}`, `120 ${reloaded}`, `200 ${reloaded}`],
  ],
  [
    'asking again is harmless',
    { repeat: 'harmless' },
    [0, 60, 120],
    [`0 ${processing}`, `60 ${processing}`, `120 ${reloaded}`],
  ],
  [
    'asking again within the spam window is refused, counted from what was let through',
    { repeat: 'refused' },
    [0, 29, 30, 59, 60, 120, 121],
    [
      `0 ${processing}`,
      `29 ${spam} (not loaded)`,
      `30 ${processing}`,
      `59 ${spam} (not loaded)`,
      `60 ${processing}`,
      `120 ${reloaded}`,
      `121 ${spam} (loaded)`,
    ],
  ],
  [
    'in a prolonged spam window a rejected call begins the window again',
    { repeat: 'refused', spamWindow: 'prolonged' },
    [0, 29, 58, 88, 117, 147],
    [
      `0 ${processing}`,
      `29 ${spam} (not loaded)`,
      `58 ${spam} (not loaded)`,
      `88 ${processing}`,
      `117 ${spam} (not loaded)`,
      `147 ${reloaded}`,
    ],
  ],
  [
    'asking again restarts the load',
    { repeat: 'restarts' },
    [0, 100, 219, 339, 340],
    [
      `0 ${processing}`,
      `100 ${processing}`,
      `219 ${processing}`,
      `339 ${reloaded}`,
      `340 ${reloaded}`,
    ],
  ],
  [
    'an open exchange waits for the end of the restarted load',
    { success: 'blocking', repeat: 'restarts' },
    [0, 100],
    [`220 ${reloaded}`, `220 ${reloaded}`],
  ],
  [
    'the load time may be drawn anew at each start, a shorter one included',
    { success: 'blocking', repeat: 'restarts', loadTimeMs: draws(300_000, 20_000) },
    [0, 100],
    [`120 ${reloaded}`, `120 ${reloaded}`],
  ],
  ['loading takes no time', { loadTimeMs: 0 }, [0], [`0 ${reloaded}`]],
  ['loaded at the start', { loaded: ['m'] }, [0], [`0 ${reloaded}`]],
])('%s', async (_, options, at, expected) => {
  expect(await play(options, at)).toEqual(expected);
});

const day = 86_400;

test.each<[string, EmulatorOptions, number[], string]>([
  ['a week after the load it is unloaded', {}, [0, 120 + 7 * day], processing],
  ['a moment less and it is loaded', {}, [0, 120 + 7 * day - 1], reloaded],
  ['a reload counts as use', {}, [0, 6 * day, 12 * day], reloaded],
  ['a reload does not count as use', { reloadCounts: false }, [0, 6 * day, 12 * day], processing],
  ['the week is an option', { idleAfterMs: 1000 }, [0, 121], processing],
])('idle: %s', async (_, options, at, expected) => {
  expect((await play(options, at)).at(-1)).toBe(`${at.at(-1)} ${expected}`);
});

test('drawing counts as use, where a reload does not', async () => {
  const clock = createVirtualClock();
  const emulator = createEmulator({ clock, loaded: ['m'], reloadCounts: false });
  const draw = { key: 'demo-key', model_id: 'm', prompt: 'a cat' };
  await clock.run(async () => {
    for (let times = 0; times < 3; times++) {
      await clock.sleep(6 * day * 1000);
      await emulator.answer(requestOf('/api/v6/images/text2img', draw));
    }
  });
  expect(emulator.loadedSince('m')).toBe(0);
});

describe('the truth', () => {
  test('says since when a model is loaded', async () => {
    const clock = createVirtualClock(5000);
    const emulator = createEmulator({
      clock,
      loadTimeMs: 1000,
      idleAfterMs: 2000,
      loaded: ['early'],
    });
    expect(emulator.loadedSince('early')).toBe(5000);
    expect([emulator.isLoaded('m'), emulator.loadedSince('m')]).toEqual([false, null]);
    await emulator.answer(reloadOf('m'));
    expect([emulator.isLoaded('m'), emulator.loadedSince('m')]).toEqual([false, null]);
    await clock.run(() => clock.sleep(2999));
    expect([emulator.isLoaded('m'), emulator.loadedSince('m')]).toEqual([true, 6000]);
    await clock.run(() => clock.sleep(1));
    expect([emulator.isLoaded('m'), emulator.loadedSince('m')]).toEqual([false, null]);
  });
});

test('a blocking exchange that is given up ends at once; the model goes on loading', async () => {
  const clock = createVirtualClock();
  const emulator = createEmulator({ clock, success: 'blocking' });
  const deadline = new AbortController();
  await clock.run(async () => {
    const asking = emulator.answer(reloadOf('m'), deadline.signal);
    const aborting = clock.sleep(1000).then(() => deadline.abort(new Error('deadline')));
    await expect(asking).rejects.toThrow('deadline');
    await aborting;
    expect(emulator.requests).toMatchObject([{ reply: 'aborted', at: 0, endedAt: 1000 }]);
    await clock.sleep(119_000);
  });
  expect(emulator.loadedSince('m')).toBe(120_000);
});

function draws(...times: number[]): () => number {
  return () => times.shift() ?? 0;
}
