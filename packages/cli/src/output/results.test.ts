import { describe, expect, test } from 'vitest';
import { failed, succeeded } from '../../test/events.ts';
import type { OutputFormat } from '../options.ts';
import { createResults } from './results.ts';

const theme = { style: (_: unknown, text: string) => text, tick: '✓', cross: '✗', spinner: [] };

function print(format: OutputFormat, ids: string[], outcomes = ids.map((id) => succeeded(id))) {
  const results = createResults(format, ids, theme);
  return [...outcomes.map((outcome) => results.add(outcome)), results.end(outcomes)];
}

describe('text', () => {
  test.each([
    [succeeded('a'), '✓ a  success      2m 04s  "Model reloaded", after processing\n'],
    [succeeded('a', { evidence: 'reply' }), '✓ a  success      2m 04s  "Model reloaded"\n'],
    [succeeded('a', { message: null }), '✓ a  success      2m 04s  no message, after processing\n'],
    [
      succeeded('a', { status: 'processing', evidence: null, message: 'Model is reloading' }),
      '✓ a  processing   2m 04s  "Model is reloading"\n',
    ],
    [
      succeeded('a', { evidence: 'image', imageUrl: 'https://x.example/1.png' }),
      '✓ a  success      2m 04s  image https://x.example/1.png\n',
    ],
    [succeeded('a', { evidence: 'image' }), '✓ a  success      2m 04s  image generated\n'],
    [failed('a', 'api_error'), '✗ a  error        2m 04s  api_error: It failed\n'],
  ])('of %j', (outcome, line) => {
    expect(print('text', ['a'], [outcome])).toEqual([line, '']);
  });

  test('has columns for wide characters too', () => {
    const [first, second] = print('text', ['モデル名', 'a']);
    expect(first).toMatch(/^✓ モデル名 {2}success/);
    expect(second).toMatch(/^✓ a {9}success/);
  });

  test('has columns, which a very long id does not widen', () => {
    const long = 'x'.repeat(100);
    const [first, second, third] = print('text', ['a', long, 'bc']);
    expect(first).toMatch(/^✓ a {31} {2}success {5}2m 04s|^✓ a {33}success/);
    expect(third).toBe(first?.replace('a ', 'bc').replace('✓ bc', '✓ bc'));
    expect(second).toContain(`✓ ${long}  success`);
  });
});

test('json is one array in the order of the input', () => {
  const outcomes = [succeeded('c'), failed('a', 'api_error'), succeeded('b')];
  const written = print('json', ['a', 'b', 'c'], outcomes);
  expect(written.slice(0, -1)).toEqual(['', '', '']);
  expect(JSON.parse(written.at(-1) ?? '')).toEqual([outcomes[1], outcomes[2], outcomes[0]]);
});

test('json has an outcome whose id was escaped at the end', () => {
  const outcomes = [failed('a\\u202e', 'invalid_argument'), succeeded('b')];
  expect(JSON.parse(print('json', ['a\u202e', 'b'], outcomes).at(-1) ?? '')).toEqual(
    outcomes.toReversed(),
  );
});

test('json of a run that ended early has the outcomes so far', () => {
  expect(JSON.parse(print('json', ['a', 'b'], [succeeded('b')]).at(-1) ?? '')).toHaveLength(1);
  expect(print('json', ['a'], [])).toEqual(['[]\n']);
});

test('ndjson is a line for each outcome, as it arrives', () => {
  const outcomes = [succeeded('b'), succeeded('a')];
  expect(print('ndjson', ['a', 'b'], outcomes)).toEqual([
    ...outcomes.map((outcome) => `${JSON.stringify(outcome)}\n`),
    '',
  ]);
});
