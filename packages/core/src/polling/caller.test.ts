import { createVirtualClock } from '@modelslab-reload/emulator';
import { beforeEach, describe, expect, test } from 'vitest';
import { Caller, type CallerOptions } from './caller.ts';
import { abort, createCancellation } from './cancellation.ts';
import { Deadlines } from './deadlines.ts';
import { createTime } from './time.ts';

const clock = createVirtualClock(0);
const time = createTime({ now: clock.now, sleep: clock.sleep });
let start: number;
beforeEach(() => {
  start = clock.now();
});

const create = (options: Partial<CallerOptions> = {}) =>
  new Caller(time, { timeoutMs: 60_000, stops: 0, ...options });
/** Runs a caller's sleep and returns its length in milliseconds. */
const measure = (sleep: () => Promise<void>) =>
  clock.run(async () => {
    const from = clock.now();
    await sleep();
    return clock.now() - from;
  });

describe('The deadline of a caller', () => {
  test('counts from the call.', () => {
    const caller = create();
    expect(caller).toMatchObject({ startedAt: start, startedWallMs: start, begunAt: start });
    expect(caller.callStartedAt).toBe(start);
    expect(caller.timeLeftMs(start + 20_000)).toBe(40_000);
  });

  test('in a list counts from a later start, with all of its time left until then.', () => {
    const caller = create({ isListed: true, callStartedAt: 7 });
    expect(caller.begunAt).toBeNull();
    expect(caller.callStartedAt).toBe(7);
    expect(caller.timeLeftMs(start + 20_000)).toBe(60_000);
    caller.begunAt = start + 10_000;
    expect(caller.timeLeftMs(start + 20_000)).toBe(50_000);
  });
});

describe('The sleep of a caller', () => {
  test('ends at its time, and immediately if that has passed.', async () => {
    const caller = create();
    expect(await measure(() => caller.sleepUntil(start + 5000))).toBe(5000);
    expect(await measure(() => caller.sleepUntil(start))).toBe(0);
  });

  test('ends when the caller is woken, and the next one has its full length.', async () => {
    const caller = create();
    const woken = await measure(() => {
      void clock.sleep(1000).then(caller.wake);
      return caller.sleepUntil(Infinity);
    });
    expect(woken).toBe(1000);
    const next = clock.now() + 5000;
    expect(await measure(() => caller.sleepUntil(next))).toBe(5000);
  });

  test('that is ended early ends its timer, which would keep the process alive.', async () => {
    const timers: AbortSignal[] = [];
    const observed = createTime({
      now: clock.now,
      sleep(ms, signal) {
        timers.push(signal);
        return clock.sleep(ms, signal);
      },
    });
    const caller = new Caller(observed, { timeoutMs: 60_000, stops: 0 });
    await clock.run(async () => {
      const sleeping = caller.sleepUntil(start + 5000);
      caller.wake();
      await sleeping;
    });
    expect(timers.map(({ aborted }) => aborted)).toEqual([true]);
  });

  test('ends immediately, once, if the caller was woken before.', async () => {
    const caller = create();
    caller.wake();
    expect(await measure(() => caller.sleepUntil(Infinity))).toBe(0);
    const next = clock.now() + 5000;
    expect(await measure(() => caller.sleepUntil(next))).toBe(5000);
  });

  test('is not ended by the timer of an earlier one.', async () => {
    const caller = create();
    const took = await clock.run(async () => {
      const from = clock.now();
      void clock.sleep(1000).then(caller.wake);
      await caller.sleepUntil(from + 5000);
      await caller.sleepUntil(from + 20_000);
      return clock.now() - from;
    });
    expect(took).toBe(20_000);
  });

  test('ends when the call is aborted, but not after the caller is closed.', async () => {
    const cancellation = createCancellation();
    const caller = create({ cancellation });
    const took = await measure(() => {
      void clock.sleep(1000).then(() => abort(cancellation, 'mine'));
      return caller.sleepUntil(Infinity);
    });
    expect(took).toBe(1000);
    const closed = create({ cancellation: createCancellation() });
    closed.close();
    abort(closed.cancellation, 'mine');
    const next = clock.now() + 5000;
    expect(await measure(() => closed.sleepUntil(next))).toBe(5000);
  });

  test('in a Worker lasts 500 ms at most, because no other caller can wake it.', async () => {
    const caller = create({ isIsolated: true });
    expect(await measure(() => caller.sleepUntil(Infinity))).toBe(500);
    const soon = clock.now() + 200;
    expect(await measure(() => caller.sleepUntil(soon))).toBe(200);
    const deadlines = new Deadlines(time);
    expect(await measure(() => caller.sleepUntilWoken(deadlines, Infinity))).toBe(500);
  });

  test("that is longer than a host's maximum timer ends only when the caller is woken.", async () => {
    const caller = create();
    const took = await measure(() => {
      void clock.sleep(2 ** 31).then(caller.wake);
      return caller.sleepUntil(clock.now() + 2 ** 32);
    });
    expect(took).toBe(2 ** 31);
  });
});

describe('The sleep of a caller until it is woken', () => {
  test('ends at its deadline.', async () => {
    const caller = create();
    const deadlines = new Deadlines(time);
    const deadline = clock.now() + 5000;
    expect(await measure(() => caller.sleepUntilWoken(deadlines, deadline))).toBe(5000);
  });

  test('removes its deadline if the caller is woken before.', async () => {
    const caller = create();
    const deadlines = new Deadlines(time);
    const took = await measure(async () => {
      void clock.sleep(1000).then(caller.wake);
      await caller.sleepUntilWoken(deadlines, clock.now() + 5000);
      // It would be woken at 5 s.
      await caller.sleepUntil(clock.now() + 19_000);
    });
    expect(took).toBe(20_000);
  });
});
