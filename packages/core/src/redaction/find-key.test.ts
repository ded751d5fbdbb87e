import { expect, test } from 'vitest';
import { createSearch, type Range } from './find-key.ts';

test.each<[string, string, Range[]]>([
  ['', 'any text', []],
  // A key whose characters begin no encoding.
  ['abc', 'abc', [[0, 3]]],
  [
    'abc',
    'xabcabc',
    [
      [1, 4],
      [4, 7],
    ],
  ],
  ['abc', 'ab', []],
  ['abc', 'abx abc', [[4, 7]]],
  ['aab', 'aaab', [[1, 4]]],
  // A key with a character that begins one.
  ['a%', 'xa%', [[1, 3]]],
  ['a%', 'xa', []],
  [
    'a%',
    'a%25',
    [
      [0, 2],
      [0, 4],
    ],
  ],
  [
    'a%a',
    'a%a%a',
    [
      [0, 3],
      [2, 5],
    ],
  ],
  [
    '%%',
    '%%%',
    [
      [0, 2],
      [1, 3],
    ],
  ],
  ['a&b', 'a&amp;b &', [[0, 7]]],
  ['a\\b', 'a\\\\b', [[0, 4]]],
])('The key %j is in %j at %j', (key, text, ranges) => {
  expect(createSearch(key)(text)).toEqual(ranges);
});
