import { beforeEach, expect, test } from 'vitest';
import { FakeTarget } from '../../test/fake-target.ts';
import { createMemory, type Memory } from './memory.ts';

const MAX_IDLE = 10_000;

let memory: Memory<FakeTarget>;
beforeEach(() => {
  memory = createMemory<FakeTarget>();
});

const use = (key: string) => memory.get(key, () => new FakeTarget());
/** Returns whether the memory still has an item for `key`. */
const has = (key: string) => {
  let isNew = false;
  memory.get(key, () => {
    isNew = true;
    return new FakeTarget();
  });
  return !isNew;
};
/** Uses `count` keys one after another and leaves them idle. */
const fill = (count: number) => {
  for (let i = 0; i < count; i++) {
    use(`k${i}`);
    memory.rest(`k${i}`, 0);
  }
};

test('The same key returns the same target, in use and idle.', () => {
  const first = use('a');
  expect(use('a')).toBe(first);
  memory.rest('a', 0);
  expect(use('a')).toBe(first);
  expect(use('b')).not.toBe(first);
});

test('Resting an unknown key does not create it.', () => {
  memory.rest('a', 0);
  expect(has('a')).toBe(false);
});

test('The memory keeps 10,000 idle targets and evicts the least recently used one above that.', () => {
  fill(MAX_IDLE);
  memory.rest('k0', 0);
  use('new');
  memory.rest('new', 0);
  expect(has('k0')).toBe(true);
  expect(has('k2')).toBe(true);
  expect(has('k1')).toBe(false);
});

test('A target in use is not evicted and does not prevent the eviction of others.', () => {
  for (const key of ['x', 'y']) use(key).addCaller();
  fill(MAX_IDLE + 100);
  expect([has('x'), has('y')]).toEqual([true, true]);
  expect([has('k101'), has('k102')]).toEqual([false, true]);
});

test('Each eviction skips at most a few targets that are in use.', () => {
  for (let i = 0; i < 25; i++) use(`used${i}`).addCaller();
  fill(MAX_IDLE - 24);
  expect(has('k0')).toBe(true);
  memory.rest('k1', 0);
  expect(has('k0')).toBe(true);
  memory.rest('k1', 0);
  expect(has('k0')).toBe(false);
});

test('A target within its interval is not evicted, because its next request could be sent too early.', () => {
  use('oldest').nextAt = 1000;
  fill(MAX_IDLE + 1);
  expect(has('oldest')).toBe(true);
  for (let i = 0; i < MAX_IDLE; i++) memory.rest(`k${i + 1}`, 1000);
  use('new');
  memory.rest('new', 1000);
  expect(has('oldest')).toBe(false);
});
