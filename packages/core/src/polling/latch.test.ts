import { expect, test } from 'vitest';
import { Latch } from './latch.ts';

const never = new Promise<string>(() => {});

test('a race gives the first result', async () => {
  const latch = new Latch();
  expect(await latch.race(never, Promise.resolve('first'))).toBe('first');
  expect(latch.isShut).toBe(false);
});

test('a race that fails, fails', async () => {
  await expect(new Latch().race(never, Promise.reject(new Error('broke')))).rejects.toThrow(
    'broke',
  );
});

test('shutting ends every race with null, then and later', async () => {
  const latch = new Latch();
  const races = [latch.race(never), latch.race(never)];
  latch.shut();
  expect(await Promise.all(races)).toEqual([null, null]);
  expect(latch.isShut).toBe(true);
  expect(await latch.race(never)).toBeNull();
  latch.shut();
});

test('what fails after the latch is shut goes unseen', async () => {
  const unhandled: unknown[] = [];
  const onUnhandled = (reason: unknown) => unhandled.push(reason);
  process.on('unhandledRejection', onUnhandled);
  const latch = new Latch();
  latch.shut();
  expect(await latch.race(Promise.reject(new Error('late')))).toBeNull();
  await new Promise(setImmediate);
  process.off('unhandledRejection', onUnhandled);
  expect(unhandled).toEqual([]);
});
