import { createVirtualClock } from '@modelslab-reload/emulator';
import { beforeEach, expect, test } from 'vitest';
import { Deadlines } from './deadlines.ts';
import { createTime } from './time.ts';

const clock = createVirtualClock(0);
/** Timers that run now, and how many were started. */
let running = 0;
let started = 0;
let longest = 0;
let deadlines: Deadlines;

beforeEach(() => {
  running = 0;
  started = 0;
  const sleep = async (ms: number, signal?: AbortSignal) => {
    started++;
    running++;
    longest = Math.max(longest, ms);
    await clock.sleep(ms, signal).finally(() => running--);
  };
  deadlines = new Deadlines(createTime({ now: () => clock.now(), sleep }));
});

/** Adds one who waits; returns its wake and the moments at which it was woken. */
function wait(at: number) {
  const wokenAt: number[] = [];
  const wake = () => wokenAt.push(clock.now());
  deadlines.set(wake, at);
  return { wake, wokenAt };
}

test('Each is woken once, at its own moment, in whichever order they came.', () =>
  clock.run(async () => {
    const start = clock.now();
    const moments = [700, 100, 400, 100, 1000].map((ms) => start + ms);
    const all = moments.map((at) => wait(at));
    await clock.sleep(5000);
    expect(all.map(({ wokenAt }) => wokenAt)).toEqual(moments.map((at) => [at]));
    expect(running).toBe(0);
  }));

test('However many wait, one timer runs.', () =>
  clock.run(async () => {
    const start = clock.now();
    for (let ms = 1; ms <= 1000; ms++) wait(start + 60_000 + ms);
    expect(running).toBe(1);
    expect(started).toBe(1);
    await clock.sleep(60_500);
    expect(running).toBe(1);
  }));

test('No timer runs when the last one has been deleted.', () =>
  clock.run(async () => {
    const all = [1000, 2000].map((ms) => wait(clock.now() + ms));
    for (const { wake } of all) {
      expect(running).toBe(1);
      deadlines.delete(wake);
    }
    await clock.sleep(0);
    expect(running).toBe(0);
    await clock.sleep(5000);
    expect(all.map(({ wokenAt }) => wokenAt)).toEqual([[], []]);
  }));

test('One that is deleted is not woken, and the others are.', () =>
  clock.run(async () => {
    const start = clock.now();
    const early = wait(start + 1000);
    const late = wait(start + 2000);
    deadlines.delete(early.wake);
    await clock.sleep(5000);
    expect(early.wokenAt).toEqual([]);
    expect(late.wokenAt).toEqual([start + 2000]);
  }));

test('A deadline beyond the longest timer of a host is no earlier than it says.', () =>
  clock.run(async () => {
    const at = clock.now() + 2 ** 31 * 1.5;
    const one = wait(at);
    await clock.sleep(2 ** 31 * 2);
    expect(one.wokenAt).toEqual([at]);
    expect(longest).toBe(2 ** 31 - 1);
  }));
