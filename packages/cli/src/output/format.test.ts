import { expect, test } from 'vitest';
import { formatSeconds, joinIds, wrap } from './format.ts';

test.each([
  [['a'], 3, 'a'],
  [['a', 'b', 'c'], 3, 'a, b, c'],
  [['a', 'b', 'c', 'd'], 2, 'a, b and 2 more'],
])('%j with at most %i names is %s', (ids, max, text) => {
  expect(joinIds(ids, max)).toBe(text);
});

test.each([
  [-5, '0s'],
  [999, '0s'],
  [9999, '9s'],
  [59_999, '59s'],
  [124_000, '2m 04s'],
])('%i ms are %s', (ms, text) => {
  expect(formatSeconds(ms)).toBe(text);
});

test.each([
  ['one two three', 8, ['one two', 'three']],
  ['one two three', 7, ['one two', 'three']],
  ['one two three', 6, ['one', 'two', 'three']],
  ['incomprehensible word', 5, ['incomprehensible', 'word']],
  ['one', Infinity, ['one']],
])('%j in %d columns', (text, columns, lines) => {
  expect(wrap(text, columns)).toEqual(lines);
});
