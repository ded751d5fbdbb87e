import { describe, expect, test } from 'vitest';
import { failed, outcome } from '../../test/outcome.ts';
import { createAnnotations, formatFailure } from './annotations.ts';

describe('createAnnotations', () => {
  test('returns one for each distinct failure, with its models', () => {
    const outcomes = [failed('a'), outcome('b'), failed('c'), failed('d', 'Gone')];
    const title = 'ModelsLab reload: model_not_found';
    expect(createAnnotations(outcomes, 0)).toEqual([
      { title, message: 'a, c: Model not found. Check the model id.' },
      { title, message: 'd: Gone. Check the model id.' },
    ]);
  });

  test('leaves out aborted models', () => {
    const { error } = failed('a');
    const aborted = outcome('a', { error: error && { ...error, code: 'aborted' } });
    expect(createAnnotations([aborted], 0)).toEqual([]);
  });

  test.each([
    [0, 10],
    [1, 9],
    [10, 0],
    [12, 0],
  ])('in addition to %i others, returns at most %i', (otherCount, expected) => {
    const outcomes = Array.from({ length: 15 }, (_, at) => failed(`m${at}`, `Fault ${at}`));
    expect(createAnnotations(outcomes, otherCount)).toHaveLength(expected);
  });

  test('keeps a message below the limit of GitHub', () => {
    const outcomes = Array.from({ length: 2000 }, (_, at) => failed(`model-${at}`));
    expect(createAnnotations(outcomes, 0)[0]?.message.length).toBeLessThan(4096);
  });
});

test.each([
  [
    'the model that failed',
    [failed('a')],
    'a: model_not_found, Model not found. Check the model id.',
  ],
  [
    'several models that failed',
    [failed('a'), outcome('b'), failed('c')],
    '2 of 3 models failed; see the summary of this run: a (model_not_found), c (model_not_found)',
  ],
])('formatFailure names %s', (_what, outcomes, expected) => {
  expect(formatFailure(outcomes)).toBe(expected);
});
