import { describe, expect, test } from 'vitest';
import { failed, outcome } from '../../test/outcome.ts';
import { createOutputs } from './outputs.ts';
import { createSummary } from './summary.ts';

function summarize(outcomes: Parameters<typeof createOutputs>[0], error: string | null = null) {
  return createSummary(outcomes, createOutputs(outcomes, error !== null), error);
}

const splitCells = (line: string) => line.slice(2, -2).split(' | ');

describe('createSummary', () => {
  test('shows that a model had been unloaded', () => {
    const text = summarize([outcome('a', { firstStatus: 'processing', evidence: 'change' })]);
    expect(text).toContain(
      '| a | success (first processing) | change | Model reloaded | 1 | 350ms |  |',
    );
  });

  test('says what to do, and what happened if the API did not', () => {
    const silent = { ...failed('a', 'No complete reply within 150s'), message: null };
    expect(summarize([silent])).toContain(
      '| a | error |  |  | 1 | 350ms | `model_not_found`: No complete reply within 150s. Check the model id. |',
    );
  });

  test('explains the evidence if there is any', () => {
    expect(summarize([outcome('a')])).toContain('Evidence `reply`');
    expect(summarize([failed('a')])).not.toContain('Evidence `reply`');
  });

  test('links the image, and nothing breaks out of the link', () => {
    const imageUrl = 'https://cdn.example/a%20b.png?x=(1)|<2>';
    const text = summarize([outcome('a', { evidence: 'image', imageUrl })]);
    expect(text).toContain('| [image](https://cdn.example/a%20b.png?x=%281%29%7c%3C2%3E) |');
  });

  test.each([
    ['markup', 'x|'.repeat(400)],
    ['characters of three bytes', '模'.repeat(400)],
  ])('stays below the limit of GitHub with %s, and says what is left out', (_what, message) => {
    const text = summarize(Array.from({ length: 2000 }, (_, at) => failed(`m${at}`, message)));
    expect(Buffer.byteLength(text)).toBeLessThan(1024 * 1024);
    expect(Buffer.byteLength(text)).toBeGreaterThan(900_000);
    expect(text).toMatch(/\n\n\d+ more are in the output `outcomes`\.\n/);
  });

  test('has its rows in the order of the outcomes', () => {
    const rows = summarize([outcome('b'), failed('c'), outcome('a')])
      .split('\n')
      .flatMap((line) => /^\| (\w) /.exec(line)?.[1] ?? []);
    expect(rows).toEqual(['b', 'c', 'a']);
  });

  test('shows an error in place of a table', () => {
    expect(summarize([], 'The input <x> is wrong.')).toBe(
      '### ModelsLab reload\n\nThe input &#60;x&#62; is wrong.\n',
    );
  });

  test('has as many cells as columns', () => {
    const [head, , row] = summarize([outcome('a')])
      .split('\n')
      .filter((line) => line.startsWith('|'));
    expect(splitCells(head ?? '')).toHaveLength(7);
    expect(splitCells(row ?? '')).toHaveLength(7);
  });
});
