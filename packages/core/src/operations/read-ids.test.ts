import { expect, test, vi } from 'vitest';
import { abort, createCancellation } from '../polling/cancellation.ts';
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

async function collect(ids: ModelIds, cancellation = createCancellation()): Promise<string[]> {
  const all: string[] = [];
  for await (const id of readIds(ids, cancellation)) all.push(id);
  return all;
}

test('A complete list is read to its end, although the call is cancelled.', async () => {
  const cancellation = createCancellation();
  abort(cancellation, undefined);
  expect(await collect(['a', 'b'], cancellation)).toEqual(['a', 'b']);
});

test('A source that ends by itself is not closed.', async () => {
  const { source, close } = createSource(['a', 'b'], end);
  const cancellation = createCancellation();
  expect(await collect(source, cancellation)).toEqual(['a', 'b']);
  expect(close).not.toHaveBeenCalled();
  expect(cancellation.listeners.size).toBe(0);
});

test('A source that throws is not closed, and the error goes to the reader.', async () => {
  const { source, close } = createSource(['a'], () => Promise.reject(new Error('no file')));
  await expect(collect(source)).rejects.toThrow('no file');
  expect(close).not.toHaveBeenCalled();
});

test('A source that is silent is closed as soon as the call is cancelled.', async () => {
  const { source, close } = createSource(['a'], never);
  const cancellation = createCancellation();
  const seen: string[] = [];
  for await (const id of readIds(source, cancellation)) {
    seen.push(id);
    setTimeout(() => abort(cancellation, undefined), 1);
  }
  expect(seen).toEqual(['a']);
  expect(close).toHaveBeenCalledTimes(1);
});

test('A source is closed without an id if the call was cancelled before.', async () => {
  const { source, close } = createSource([], never);
  const cancellation = createCancellation();
  abort(cancellation, undefined);
  expect(await collect(source, cancellation)).toEqual([]);
  expect(close).toHaveBeenCalledTimes(1);
});

test('A source is closed when its reader leaves.', async () => {
  const { source, close } = createSource(['a', 'b'], never);
  for await (const id of readIds(source, createCancellation())) {
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
  const cancellation = createCancellation();
  setTimeout(() => abort(cancellation, undefined), 1);
  expect(await collect({ [Symbol.asyncIterator]: () => iterator }, cancellation)).toEqual([]);
});
