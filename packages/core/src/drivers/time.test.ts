import { expect, test } from 'vitest';
import { createTime } from './time.ts';

/** Creates a clock that the test sets, with sleeps that the test ends. */
function startClock(readsMonotonic = false) {
  const clock = { wall: 1_000_000, monotonic: 50, endSleep: () => {}, failSleep: () => {} };
  const sleeps: number[] = [];
  const time = createTime({
    now: () => clock.wall,
    ...(readsMonotonic && { monotonicMs: () => clock.monotonic }),
    sleep: (ms) =>
      new Promise((resolve, reject) => {
        sleeps.push(ms);
        clock.endSleep = resolve;
        clock.failSleep = () => reject(new Error('aborted'));
      }),
  });
  return { clock, time, sleeps };
}
const { signal } = new AbortController();

test('The time starts at 0 and follows the clock forward, never backward; timestamps follow it both ways.', () => {
  const { clock, time } = startClock();
  const seen = [1_000_000, 1_005_000, 900_000, 1_005_001].map((wall) => {
    clock.wall = wall;
    return time.moment();
  });
  expect(seen).toEqual([
    { now: 0, wall: 1_000_000 },
    { now: 5000, wall: 1_005_000 },
    { now: 5000, wall: 900_000 },
    { now: 110_001, wall: 1_005_001 },
  ]);
});

test('A clock with monotonic milliseconds uses its wall clock only for timestamps.', () => {
  const { clock, time } = startClock(true);
  clock.wall = 0;
  expect(time.moment()).toEqual({ now: 0, wall: 0 });
  clock.monotonic = 70;
  expect(time.now()).toBe(20);
});

test.each([false, true])(
  'A sleep during which the clock is set back counts as its planned time: rejected %s',
  async (isRejected) => {
    const { clock, time } = startClock();
    const slept = time.sleepUntil(5000, signal);
    clock.wall = 0;
    if (isRejected) clock.failSleep();
    else clock.endSleep();
    await slept;
    expect(time.now()).toBe(5000);
  },
);

test('A sleep that ends late does not change the time of the clock.', async () => {
  const { clock, time } = startClock();
  const slept = time.sleepUntil(5000, signal);
  clock.wall += 8000;
  clock.endSleep();
  await slept;
  expect(time.now()).toBe(8000);
});

test('A sleep that ends early is slept to its end.', async () => {
  const { clock, time, sleeps } = startClock(true);
  const slept = time.sleepUntil(5000, signal);
  for (const ms of [4999, 0.6, 0.4]) {
    clock.monotonic += ms;
    clock.endSleep();
    await Promise.resolve();
    await Promise.resolve();
  }
  await slept;
  expect(sleeps.map((ms) => ms.toFixed(1))).toEqual(['5000.0', '1.0', '0.4']);
  expect(time.now()).toBe(5000);
});

test('An aborted sleep does not advance the time.', async () => {
  const { clock, time } = startClock();
  const stop = new AbortController();
  const slept = time.sleepUntil(5000, stop.signal);
  stop.abort();
  clock.endSleep();
  await slept;
  expect(time.now()).toBe(0);
});

test.each<[string, unknown]>([
  ['NaN', NaN],
  ['text', 'soon'],
  ['a time beyond every date', 1e300],
  ['nothing', undefined],
])('A clock that returns %s stands still, and its timestamps stay valid.', (_, value) => {
  let shown: unknown = 1_000_000;
  const time = createTime({ now: () => shown as number, sleep: async () => {} });
  expect(time.moment()).toEqual({ now: 0, wall: 1_000_000 });
  shown = value;
  expect(time.moment()).toEqual({ now: 0, wall: 1_000_000 });
});

test('A clock that throws stands still.', () => {
  let isBroken = false;
  const now = () => {
    if (isBroken) throw new Error('no clock');
    return 7;
  };
  const time = createTime({ now, sleep: async () => {} });
  isBroken = true;
  expect(time.moment()).toEqual({ now: 0, wall: 0 });
});
