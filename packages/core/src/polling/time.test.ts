import { expect, test } from 'vitest';
import { createTime } from './time.ts';

/** Creates a clock that the test sets, with sleeps that the test ends. */
function startClock(readsMonotonic = false) {
  const clock = { wall: 1_000_000, monotonic: 50, endSleep: () => {}, failSleep: () => {} };
  const time = createTime({
    now: () => clock.wall,
    ...(readsMonotonic && { monotonicMs: () => clock.monotonic }),
    sleep: () =>
      new Promise((resolve, reject) => {
        clock.endSleep = resolve;
        clock.failSleep = () => reject(new Error('aborted'));
      }),
  });
  return { clock, time };
}
const { signal } = new AbortController();

test('The time follows the clock forward but never backward; timestamps follow it both ways.', () => {
  const { clock, time } = startClock();
  const seen = [1_000_000, 1_005_000, 900_000, 1_005_001].map((wall) => {
    clock.wall = wall;
    return [time.now(), time.wallMs()];
  });
  expect(seen).toEqual([
    [1_000_000, 1_000_000],
    [1_005_000, 1_005_000],
    [1_005_000, 900_000],
    [1_005_001, 1_005_001],
  ]);
});

test('A clock with monotonic milliseconds uses its wall clock only for timestamps.', () => {
  const { clock, time } = startClock(true);
  clock.wall = 0;
  expect([time.now(), time.wallMs()]).toEqual([50, 0]);
  clock.monotonic = 70;
  expect(time.now()).toBe(70);
});

test.each([false, true])(
  'The end of a sleep advances the time even if the clock does not: rejected %s',
  async (isRejected) => {
    const { clock, time } = startClock();
    const slept = time.sleep(5000, signal);
    clock.wall = 0;
    if (isRejected) clock.failSleep();
    else clock.endSleep();
    await slept;
    expect(time.now()).toBe(1_005_000);
  },
);

test('A sleep that ends late does not change the time of the clock.', async () => {
  const { clock, time } = startClock();
  const slept = time.sleep(5000, signal);
  clock.wall += 8000;
  clock.endSleep();
  await slept;
  expect(time.now()).toBe(1_008_000);
});

test('An aborted sleep does not advance the time.', async () => {
  const { clock, time } = startClock();
  const stop = new AbortController();
  const slept = time.sleep(5000, stop.signal);
  stop.abort();
  clock.endSleep();
  await slept;
  expect(time.now()).toBe(1_000_000);
});
