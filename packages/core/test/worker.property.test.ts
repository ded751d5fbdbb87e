import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs } from './effort.ts';
import { findFaults, scenario } from './worker-callers.ts';

test('Callers of all kinds in a Worker get what came and touch nothing of each other, although some end early.', async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async (some) => {
      expect(await findFaults(some, [])).toEqual([]);
    }),
    runs(60),
  );
});
