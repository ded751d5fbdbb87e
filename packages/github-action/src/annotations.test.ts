import { describe, expect, it } from 'vitest';
import { failed, outcome } from '../test/outcome.ts';
import { annotationsOf, cut, explained, failureOf } from './annotations.ts';

describe('annotationsOf', () => {
  it('has one for each way to fail, with the models that failed so', () => {
    const outcomes = [failed('a'), outcome('b'), failed('c'), failed('d', 'Gone')];
    expect(annotationsOf(outcomes, 0).map(({ message }) => message)).toEqual([
      'a, c: Model not found. Check the model id.',
      'd: Gone. Check the model id.',
    ]);
  });

  it.each([
    [0, 10],
    [1, 9],
    [10, 0],
    [12, 0],
  ])('has no more than 10, of which %i are taken', (taken, expected) => {
    const outcomes = Array.from({ length: 15 }, (_, at) => failed(`m${at}`, `Fault ${at}`));
    expect(annotationsOf(outcomes, taken)).toHaveLength(expected);
  });

  it('stays below what GitHub takes of a message', () => {
    const ids = Array.from({ length: 2000 }, (_, at) => failed(`model-${at}`));
    expect(annotationsOf(ids, 0)[0]?.message.length).toBeLessThan(4096);
    expect(cut(failureOf(ids)).length).toBeLessThan(4096);
  });
});

it.each([
  ['Rate limit exceeded.', 'Rate limit exceeded. Wait.'],
  ['Gone', 'Gone. Wait.'],
  ['Really?', 'Really? Wait.'],
])('explained %j', (message, expected) => {
  expect(explained({ message, hint: 'Wait.' })).toBe(expected);
});
