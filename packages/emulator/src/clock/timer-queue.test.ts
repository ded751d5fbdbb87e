import { expect, test } from 'vitest';
import { createTimerQueue } from './timer-queue.ts';

const TIMERS = process.env.TEST_EFFORT === 'full' ? 50_000 : 5000;

// Pseudorandom numbers, the same in every run.
const mix = (index: number) => (index * 7919) % 50_021;

test.each<[string, (index: number) => number]>([
  ['in the order of their times', (index) => index],
  ['in the reverse order', (index) => -index],
  ['at the same time', () => 0],
  ['in a mixed order', mix],
])('many timers that were added %s are removed in order', (_, getTime) => {
  const queue = createTimerQueue();
  const times = Array.from({ length: TIMERS }, (_item, index) => getTime(index));
  const woken: number[] = [];
  for (const [index, at] of times.entries()) queue.add(at, () => woken.push(index));
  for (let timer = queue.take(); timer !== null; timer = queue.take()) timer.wake();
  const indexes = times.map((_time, index) => index);
  // Sorting keeps the order of equal times.
  expect(woken).toEqual(indexes.toSorted((a, b) => (times[a] ?? 0) - (times[b] ?? 0)));
});

test('a canceled timer is not returned', () => {
  const queue = createTimerQueue();
  const cancel = queue.add(1, () => {});
  queue.add(2, () => {});
  cancel();
  expect(queue.take()?.at).toBe(2);
  expect(queue.take()).toBeNull();
});
