import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs } from './effort.ts';
import { play, use } from './uses.ts';

test('A day after its last use, a client behaves as a new one.', async () => {
  await fc.assert(
    // The same use twice, because what the first one leaves behind shows only in a similar one.
    fc.asyncProperty(use(), fc.option(use(), { freq: 1 }), async (first, other) => {
      const second = other ?? first;
      expect(await play([first, second])).toEqual(await play([second]));
    }),
    runs(400),
  );
});
