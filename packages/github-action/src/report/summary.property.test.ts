import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyText } from '../../../core/test/any-text.ts';
import { failed } from '../../test/outcome.ts';
import { createOutputs } from './outputs.ts';
import { createSummary } from './summary.ts';

test('every row of the summary stays intact, regardless of the texts', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), anyText, (id, message) => {
      const outcomes = [failed(id, message)];
      const rows = createSummary(outcomes, createOutputs(outcomes, false), null)
        .split('\n')
        .filter((line) => line.startsWith('|'));
      expect(rows).toHaveLength(3);
      for (const row of rows) expect(row.match(/\|/g)).toHaveLength(8);
    }),
    { seed: 20_261_121 },
  );
});
