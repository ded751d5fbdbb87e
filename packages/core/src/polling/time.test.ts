import { expect, test } from 'vitest';
import { createTime } from './time.ts';

/** A clock that a test sets; a sleep ends when the test says so. */
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

test('The time follows the clock forward and never goes back; timestamps follow it both ways.', () => {
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

test('A clock with monotonic milliseconds gives those, and its wall clock only timestamps.', () => {
  const { clock, time } = startClock(true);
  clock.wall = 0;
  expect([time.now(), time.wallMs()]).toEqual([50, 0]);
  clock.monotonic = 70;
  expect(time.now()).toBe(70);
});

test.each([false, true])(
  'A sleep that has ended moves the time to its end, if the clock did not. Rejected: %s',
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

test('A sleep that ends later than it should leaves the time where the clock has it.', async () => {
  const { clock, time } = startClock();
  const slept = time.sleep(5000, signal);
  clock.wall += 8000;
  clock.endSleep();
  await slept;
  expect(time.now()).toBe(1_008_000);
});

test('A sleep that is aborted does not move the time.', async () => {
  const { clock, time } = startClock();
  const stop = new AbortController();
  const slept = time.sleep(5000, stop.signal);
  stop.abort();
  clock.endSleep();
  await slept;
  expect(time.now()).toBe(1_000_000);
});
