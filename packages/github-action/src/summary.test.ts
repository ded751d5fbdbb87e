import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failed, outcome } from '../test/outcome.ts';
import { outputsOf } from './outputs.ts';
import { literal, summaryOf } from './summary.ts';

function summarize(outcomes: Parameters<typeof outputsOf>[0], problem: string | null = null) {
  return summaryOf(outcomes, outputsOf(outcomes, problem !== null), problem);
}

const cellsOf = (line: string) => line.slice(2, -2).split(' | ');

describe('summaryOf', () => {
  it('shows that a model had been unloaded', () => {
    const text = summarize([outcome('a', { firstStatus: 'processing', evidence: 'change' })]);
    expect(text).toContain(
      '| a | success (first processing) | change | Model reloaded | 1 | 350ms |  |',
    );
  });

  it('says what to do, and what happened where the API did not say it', () => {
    const silent = { ...failed('a', 'No complete reply within 150s'), message: null };
    expect(summarize([silent])).toContain(
      '| a | error |  |  | 1 | 350ms | `model_not_found`: No complete reply within 150s. Check the model id. |',
    );
  });

  it('explains the evidence where there is any', () => {
    expect(summarize([outcome('a')])).toContain('Evidence `reply`');
    expect(summarize([failed('a')])).not.toContain('Evidence `reply`');
  });

  it('links the picture that was drawn, and nothing breaks out of the link', () => {
    const imageUrl = 'https://cdn.example/a%20b.png?x=(1)|<2>';
    const text = summarize([outcome('a', { evidence: 'image', imageUrl })]);
    expect(text).toContain('| [image](https://cdn.example/a%20b.png?x=%281%29%7c%3C2%3E) |');
  });

  it('keeps every row whole, whatever the texts', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }), (id, message) => {
        const rows = summarize([failed(id, message)])
          .split('\n')
          .filter((line) => line.startsWith('|'));
        expect(rows).toHaveLength(3);
        for (const row of rows) expect(row.match(/\|/g)).toHaveLength(8);
      }),
    );
  });

  it('stays below what GitHub takes, and says what is left out', () => {
    const outcomes = Array.from({ length: 2000 }, (_, at) => failed(`m${at}`, 'x|'.repeat(400)));
    const text = summarize(outcomes);
    expect(Buffer.byteLength(text)).toBeLessThan(1024 * 1024);
    expect(text).toMatch(/\n\n\d+ more are in the output `outcomes`\.\n/);
  });

  it('tells a problem in place of a table', () => {
    expect(summarize([], 'The input <x> is wrong.')).toBe(
      '### ModelsLab reload\n\nThe input &#60;x&#62; is wrong.\n',
    );
  });

  it('has as many cells as columns', () => {
    const [head, , row] = summarize([outcome('a')])
      .split('\n')
      .filter((line) => line.startsWith('|'));
    expect(cellsOf(head ?? '')).toHaveLength(7);
    expect(cellsOf(row ?? '')).toHaveLength(7);
  });
});

describe('literal', () => {
  it.each([
    ['a<b>&"c"', 'a&#60;b&#62;&#38;&#34;c&#34;'],
    ['|', '&#124;'],
    ['a\n\n# b', 'a &#35; b'],
    ['![x](https://e.com)', '&#33;&#91;x&#93;(https&#58;//e.com)'],
    ['Model not found: my-model.', 'Model not found: my-model.'],
  ])('%j', (text, expected) => {
    expect(literal(text)).toBe(expected);
  });
});
