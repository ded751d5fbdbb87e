import { describe, expect, test } from 'vitest';
import { failed, outcome } from '../../test/outcome.ts';
import { createOutputs } from './outputs.ts';
import { createSummary } from './summary.ts';

function summarize(outcomes: Parameters<typeof createOutputs>[0], error: string | null = null) {
  return createSummary(outcomes, createOutputs(outcomes, error !== null), error);
}

describe('createSummary', () => {
  test('shows that a model had been unloaded', () => {
    const text = summarize([outcome('a', { firstStatus: 'processing', evidence: 'change' })]);
    expect(text).toContain(
      '| a | success (first processing) | change | Model reloaded | 1 | 350ms |  |',
    );
  });

  test('contains what to do, and what happened if the API returned no message', () => {
    const silent = { ...failed('a', 'No complete reply within 150s'), message: null };
    expect(summarize([silent])).toContain(
      '| a | error |  |  | 1 | 350ms | `model_not_found`: No complete reply within 150s. Check the model id. |',
    );
  });

  test('explains the evidence if there is any', () => {
    expect(summarize([outcome('a')])).toContain('Evidence `reply`');
    expect(summarize([failed('a')])).not.toContain('Evidence `reply`');
  });

  test('links the image, and the URL cannot break out of the link', () => {
    const imageUrl = 'https://cdn.example/a%20b.png?x=(1)|<2>';
    const text = summarize([outcome('a', { evidence: 'image', imageUrl })]);
    expect(text).toContain('| [image](https://cdn.example/a%20b.png?x=%281%29%7c%3C2%3E) |');
  });

  test.each([
    ['markup', 'x|'.repeat(400)],
    ['characters of three bytes', '模'.repeat(400)],
  ])(
    'stays below the limit of GitHub with %s, and mentions how many rows are omitted',
    (_what, message) => {
      const text = summarize(Array.from({ length: 2000 }, (_, at) => failed(`m${at}`, message)));
      expect(Buffer.byteLength(text)).toBeLessThan(1024 * 1024);
      expect(Buffer.byteLength(text)).toBeGreaterThan(900_000);
      const rows = text.match(/^\| m\d+ /gm) ?? [];
      expect(text).toContain(`\n\n${2000 - rows.length} more are in the output \`outcomes\`.\n`);
    },
  );

  test('has its rows in the order of the outcomes', () => {
    const rows = summarize([outcome('b'), failed('c'), outcome('a')])
      .split('\n')
      .flatMap((line) => /^\| (\w) /.exec(line)?.[1] ?? []);
    expect(rows).toEqual(['b', 'c', 'a']);
  });

  test('shows an error instead of a table', () => {
    expect(summarize([], 'The input <x> is wrong.')).toBe(
      '### ModelsLab reload\n\nThe input &#60;x&#62; is wrong.\n',
    );
  });

  test('has a table with a row for each model', () => {
    const processing = { status: 'processing', lastStatus: 'processing', evidence: null } as const;
    const text = summarize([
      outcome('a', { requests: 2, elapsedMs: 65_000 }),
      outcome('b', { firstStatus: 'Processing', evidence: 'change' }),
      outcome('c', { ...processing, firstStatus: 'processing', message: 'Model is reloading' }),
      failed('d'),
      { ...failed('e'), message: null, firstStatus: null },
    ]);
    expect(text.split('\n')).toEqual([
      '### ModelsLab reload',
      '',
      '**2** success · **1** processing · **2** failed',
      '',
      '| Model | Status | Evidence | API message | Requests | Time | What to do |',
      '| --- | --- | --- | --- | --- | --- | --- |',
      '| a | success | reply | Model reloaded | 2 | 1m 05s |  |',
      '| b | success (first processing) | change | Model reloaded | 1 | 350ms |  |',
      '| c | processing |  | Model is reloading | 1 | 350ms |  |',
      '| d | error |  | Model not found | 1 | 350ms | `model_not_found`: Check the model id. |',
      '| e | error |  |  | 1 | 350ms | `model_not_found`: Model not found. Check the model id. |',
      '',
      expect.stringMatching(/^Evidence `reply`/),
      '',
    ]);
  });

  test('states that there was no model if the list is empty', () => {
    expect(summarize([])).toBe('### ModelsLab reload\n\nThere was no model to reload.\n');
  });
});
