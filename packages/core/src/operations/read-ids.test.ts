import { expect, test, vi } from 'vitest';
import { readIds, type ModelIds } from './read-ids.ts';

/** An iterator that a test controls: it yields these ids, and then what `last` does. */
function createSource(ids: string[], last: () => Promise<IteratorResult<string>>) {
  const close = vi.fn<() => void>();
  const source: AsyncIterable<string> = {
    [Symbol.asyncIterator]: () => ({
      next: async () => {
        const value = ids.shift();
        return value === undefined ? last() : { done: false, value };
      },
      return: async () => {
        close();
        return { done: true, value: undefined };
      },
    }),
  };
  return { source, close };
}
const never = () => new Promise<never>(() => {});
const end = async () => ({ done: true as const, value: undefined });

async function collect(ids: ModelIds, stop = new AbortController()): Promise<string[]> {
  const all: string[] = [];
  for await (const id of readIds(ids, stop.signal)) all.push(id);
  return all;
}

test('A complete list is read to its end, although the call is cancelled.', async () => {
  const stop = new AbortController();
  stop.abort();
  expect(await collect(['a', 'b'], stop)).toEqual(['a', 'b']);
});

test('A source that ends by itself is not closed.', async () => {
  const { source, close } = createSource(['a', 'b'], end);
  const stop = new AbortController();
  expect(await collect(source, stop)).toEqual(['a', 'b']);
  expect(close).not.toHaveBeenCalled();
});

test('A source that throws is not closed, and the error goes to the reader.', async () => {
  const { source, close } = createSource(['a'], () => Promise.reject(new Error('no file')));
  await expect(collect(source)).rejects.toThrow('no file');
  expect(close).not.toHaveBeenCalled();
});

test('A source that is silent is closed as soon as the call is cancelled.', async () => {
  const { source, close } = createSource(['a'], never);
  const stop = new AbortController();
  const seen: string[] = [];
  for await (const id of readIds(source, stop.signal)) {
    seen.push(id);
    setTimeout(() => stop.abort(), 1);
  }
  expect(seen).toEqual(['a']);
  expect(close).toHaveBeenCalledTimes(1);
});

test('A source is closed without an id if the call was cancelled before.', async () => {
  const { source, close } = createSource([], never);
  const stop = new AbortController();
  stop.abort();
  expect(await collect(source, stop)).toEqual([]);
  expect(close).toHaveBeenCalledTimes(1);
});

test('No id is taken from a source after the call was cancelled.', async () => {
  const ids = ['a', 'b'];
  const { source, close } = createSource(ids, never);
  const stop = new AbortController();
  for await (const id of readIds(source, stop.signal)) {
    expect(id).toBe('a');
    stop.abort();
  }
  expect(ids).toEqual(['b']);
  expect(close).toHaveBeenCalledTimes(1);
});

test('A source is closed when its reader leaves.', async () => {
  const { source, close } = createSource(['a', 'b'], never);
  for await (const id of readIds(source, new AbortController().signal)) {
    expect(id).toBe('a');
    break;
  }
  expect(close).toHaveBeenCalledTimes(1);
});

test.each([
  ['throws when it is closed', () => Promise.reject(new Error('not now'))],
  ['cannot be closed', undefined],
])('A source that %s is abandoned anyway.', async (_, close) => {
  const iterator: AsyncIterator<string> = { next: never };
  if (close) iterator.return = close;
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 1);
  expect(await collect({ [Symbol.asyncIterator]: () => iterator }, stop)).toEqual([]);
});
