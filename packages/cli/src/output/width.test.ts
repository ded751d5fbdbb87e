import { expect, test } from 'vitest';
import { pad, truncate, widthOf } from './width.ts';

test.each([
  ['abc', 3],
  ['モデル名', 8],
  ['한국어', 6],
  ['e\u0301', 1],
  ['👩‍👧', 2],
  ['…·✓', 3],
])('%s occupies %i columns', (text, columns) => {
  expect(widthOf(text)).toBe(columns);
});

test('a text is filled by its columns', () => {
  expect(pad('모델', 6)).toBe('모델  ');
  expect(pad('too long', 3)).toBe('too long');
});

test.each([
  ['abcdef', 6, 'abcdef'],
  ['abcdef', 5, 'abcd…'],
  ['モデル名', 8, 'モデル名'],
  ['モデル名', 7, 'モデル…'],
  ['モデル名', 6, 'モデ…'],
  ['a👩‍👧b', 3, 'a…'],
  ['abc', 1, '…'],
])('%s in %i columns is %s', (text, columns, shown) => {
  expect(truncate(text, columns)).toBe(shown);
});
