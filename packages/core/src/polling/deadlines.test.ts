import { createVirtualClock } from '@modelslab-reload/emulator';
import { beforeEach, expect, test } from 'vitest';
import { Deadlines } from './deadlines.ts';
import { createTime } from './time.ts';

const clock = createVirtualClock(0);
/** Number of running timers and of all timers that were started. */
let running = 0;
let started = 0;
let maxMs = 0;
let deadlines: Deadlines;

beforeEach(() => {
  running = 0;
  started = 0;
  const sleep = async (ms: number, signal?: AbortSignal) => {
    started++;
    running++;
    maxMs = Math.max(maxMs, ms);
    await clock.sleep(ms, signal).finally(() => running--);
  };
  deadlines = new Deadlines(createTime({ now: () => clock.now(), sleep }));
});

/** Adds a deadline; returns its wake function and the times at which it was called. */
function wait(at: number) {
  const wokenAt: number[] = [];
  const wake = () => wokenAt.push(clock.now());
  deadlines.set(wake, at);
  return { wake, wokenAt };
}

test('Each waiter is woken once, at its own deadline, in any order of registration.', () =>
  clock.run(async () => {
    const start = clock.now();
    const moments = [700, 100, 400, 100, 1000].map((ms) => start + ms);
    const all = moments.map((at) => wait(at));
    await clock.sleep(5000);
    expect(all.map(({ wokenAt }) => wokenAt)).toEqual(moments.map((at) => [at]));
    expect(running).toBe(0);
  }));

test('All waiters share one timer.', () =>
  clock.run(async () => {
    const start = clock.now();
    for (let ms = 1; ms <= 1000; ms++) wait(start + 60_000 + ms);
    expect(running).toBe(1);
    expect(started).toBe(1);
    await clock.sleep(60_500);
    expect(running).toBe(1);
  }));

test('No timer runs after the last deadline was deleted.', () =>
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

test('A deleted waiter is not woken, but the others are.', () =>
  clock.run(async () => {
    const start = clock.now();
    const early = wait(start + 1000);
    const late = wait(start + 2000);
    deadlines.delete(early.wake);
    await clock.sleep(5000);
    expect(early.wokenAt).toEqual([]);
    expect(late.wokenAt).toEqual([start + 2000]);
  }));

test("A deadline that is later than a host's maximum timer is not early.", () =>
  clock.run(async () => {
    const at = clock.now() + 2 ** 31 * 1.5;
    const one = wait(at);
    await clock.sleep(2 ** 31 * 2);
    expect(one.wokenAt).toEqual([at]);
    expect(maxMs).toBe(2 ** 31 - 1);
  }));
