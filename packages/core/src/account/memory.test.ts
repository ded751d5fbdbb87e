import { beforeEach, expect, test } from 'vitest';
import { FakeTarget } from '../../test/fake-target.ts';
import { createMemory, type Memory } from './memory.ts';

const MAX_IDLE = 10_000;

let memory: Memory<FakeTarget>;
beforeEach(() => {
  memory = createMemory<FakeTarget>();
});

const use = (key: string) => memory.get(key, () => new FakeTarget());
/** Whether the memory still has what `key` names. */
const has = (key: string) => {
  let isNew = false;
  memory.get(key, () => {
    isNew = true;
    return new FakeTarget();
  });
  return !isNew;
};
/** Uses so many keys one after another that `count` idle ones are remembered. */
const fill = (count: number) => {
  for (let i = 0; i < count; i++) {
    use(`k${i}`);
    memory.rest(`k${i}`, 0);
  }
};

test('The same key gives the same target, before and after it was used.', () => {
  const first = use('a');
  expect(use('a')).toBe(first);
  memory.rest('a', 0);
  expect(use('a')).toBe(first);
  expect(use('b')).not.toBe(first);
});

test('A key that nobody used is not created by its rest.', () => {
  memory.rest('a', 0);
  expect(has('a')).toBe(false);
});

test('10,000 idle targets are remembered; beyond that the least recently used is forgotten.', () => {
  fill(MAX_IDLE);
  memory.rest('k0', 0);
  use('new');
  memory.rest('new', 0);
  expect(has('k0')).toBe(true);
  expect(has('k2')).toBe(true);
  expect(has('k1')).toBe(false);
});

test('What is in use is not forgotten, and keeps nothing else from being forgotten.', () => {
  for (const key of ['x', 'y']) use(key).addCaller();
  fill(MAX_IDLE + 100);
  expect([has('x'), has('y')]).toEqual([true, true]);
  expect([has('k101'), has('k102')]).toEqual([false, true]);
});

test('Of many that are in use, a few are passed over for each that ends.', () => {
  for (let i = 0; i < 25; i++) use(`used${i}`).addCaller();
  fill(MAX_IDLE - 24);
  expect(has('k0')).toBe(true);
  memory.rest('k1', 0);
  expect(has('k0')).toBe(true);
  memory.rest('k1', 0);
  expect(has('k0')).toBe(false);
});

test('What is within its interval is not forgotten, because a request might come too early.', () => {
  use('oldest').nextAt = 1000;
  fill(MAX_IDLE + 1);
  expect(has('oldest')).toBe(true);
  for (let i = 0; i < MAX_IDLE; i++) memory.rest(`k${i + 1}`, 1000);
  use('new');
  memory.rest('new', 1000);
  expect(has('oldest')).toBe(false);
});
