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

test('A free slot goes to whichever came first, and to nobody else.', () => {
  const [first, second] = [queued(), queued()];
  expect(slots.next()).toBe(first);
  expect(slots.isFree(first)).toBe(true);
  expect(slots.isFree(second)).toBe(false);
});

test('One that is put into the queue again keeps its place.', () => {
  const first = queued();
  queued();
  slots.enqueue(first);
  expect(slots.next()).toBe(first);
});

test('One whose request is open is passed over, and has its old place when it is tried again.', () => {
  const [first, second] = [queued(), queued()];
  const exchange = open(first);
  expect(slots.next()).toBe(second);
  slots.free(exchange);
  first.open = null;
  expect(slots.next()).toBe(first);
});

test('What the API has accepted goes before what it has not.', () => {
  queued();
  const polled = queued(true);
  expect(slots.next()).toBe(polled);
});

test('One that left the queue gets no slot, whether it was accepted or not.', () => {
  for (const isAccepted of [false, true]) slots.dequeue(queued(isAccepted));
  expect(slots.next()).toBeUndefined();
});

test('There are as many slots as it says, and each is free again after its request.', () => {
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
