import { expect, test } from 'vitest';
import { createQueue } from './queue.ts';

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

test('Items that were added before the first read are read.', async () => {
  const queue = createQueue<number>();
  queue.put(1);
  queue.put(2);
  queue.end();
  expect(await collect(queue)).toEqual([1, 2]);
});

test('A waiting reader gets each item as it is added.', async () => {
  const queue = createQueue<number>();
  const reading = collect(queue);
  for (const item of [1, 2, 3]) {
    await Promise.resolve();
    queue.put(item);
  }
  queue.end();
  expect(await reading).toEqual([1, 2, 3]);
});

test('The first error is thrown after the items that were added before it.', async () => {
  const queue = createQueue<number>();
  const first = new Error('first');
  queue.put(1);
  queue.end({ thrown: first });
  queue.end({ thrown: new Error('second') });
  const reader = queue[Symbol.asyncIterator]();
  expect(await reader.next()).toEqual({ value: 1, done: false });
  await expect(reader.next()).rejects.toBe(first);
});
