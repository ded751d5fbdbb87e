import { beforeEach, expect, test } from 'vitest';
import { FakeTarget } from '../../test/fake-target.ts';
import { createSlots, type Slots } from './slots.ts';
import type { Exchange } from './target.ts';

let slots: Slots;
beforeEach(() => {
  slots = createSlots(2);
});

const queued = (isAccepted = false) => {
  const target = new FakeTarget();
  target.isAccepted = isAccepted;
  slots.enqueue(target);
  return target;
};
const open = (target: FakeTarget) => {
  const exchange = { target } as unknown as Exchange;
  target.open = exchange;
  slots.take(exchange);
  return exchange;
};

test('A free slot goes to the first target in the queue only.', () => {
  const [first, second] = [queued(), queued()];
  expect(slots.next()).toBe(first);
  expect(slots.isFree(first)).toBe(true);
  expect(slots.isFree(second)).toBe(false);
});

test('A target that is queued again keeps its position.', () => {
  const first = queued();
  queued();
  slots.enqueue(first);
  expect(slots.next()).toBe(first);
});

test('A target with an open request is skipped and regains its position afterwards.', () => {
  const [first, second] = [queued(), queued()];
  const exchange = open(first);
  expect(slots.next()).toBe(second);
  slots.free(exchange);
  first.open = null;
  expect(slots.next()).toBe(first);
});

test('Accepted targets go before targets that the API has not accepted.', () => {
  queued();
  const polled = queued(true);
  expect(slots.next()).toBe(polled);
});

test('A target that left the queue does not get a slot, whether it was accepted or not.', () => {
  for (const isAccepted of [false, true]) slots.dequeue(queued(isAccepted));
  expect(slots.next()).toBeUndefined();
});

test('The number of slots is the concurrency, and each is free again after its request.', () => {
  const exchange = open(queued());
  open(queued());
  const third = queued();
  expect(slots.open.size).toBe(2);
  expect(slots.next()).toBeUndefined();
  expect(slots.isFree(third)).toBe(false);
  slots.free(exchange);
  expect(slots.open.size).toBe(1);
  expect(slots.next()).toBeDefined();
});
