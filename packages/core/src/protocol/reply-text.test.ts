import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { toLine } from '../text.ts';
import { isObjectOfLists, readText } from './reply-text.ts';

test.each([
  ['Model reloaded', 'Model reloaded'],
  ['', ''],
  [' a ', 'a'],
  ['a  b   c', 'a b c'],
  ['a\r\nb', 'a b'],
  ['a\u001b[31mb\u007f', 'a [31mb'],
  ['a\u00a0b\u202eb', 'a b b'],
  ['\ufeffça va', 'ça va'],
  ['x'.repeat(2000), 'x'.repeat(2000)],
  ['x'.repeat(2001), `${'x'.repeat(2000)}…`],
])('the line of %j is %j', (text, line) => {
  expect(toLine(text)).toBe(line);
});

test('toLine does not change its own result', () => {
  const part = fc.constantFrom(' ', '  ', '\n', 'a', 'é', '\u202e', '~', '\t');
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      const line = toLine(parts.join(''));
      expect(line).not.toMatch(/^\s|\s$|\s\s|[^\S ]|\u202e/);
      expect(toLine(line)).toBe(line);
    }),
    { seed: 20_261_121 },
  );
});

test.each<[unknown, string | null]>([
  ['Model reloaded', 'Model reloaded'],
  [' ', null],
  [7, '7'],
  [false, 'false'],
  [null, null],
  [undefined, null],
  [['a', '', 'b'], 'a; b'],
  [{ a: ['one', 'two'], b: ['three'] }, 'a: one; two; b: three'],
  // Two levels, no more.
  [[['a']], 'a'],
  [[[['a']]], null],
  [{ a: { b: { c: 'd' } } }, 'a: b: '],
  [[], null],
])('the text of %j is %j', (field, text) => {
  expect(readText(field)).toBe(text);
});

test.each<[unknown, boolean]>([
  [{ a: [] }, true],
  [{ a: ['x'], b: [] }, true],
  [{ a: ['x'], b: 'y' }, false],
  [{}, false],
  [[['x']], false],
  ['text', false],
  [null, false],
])('%j is an object of lists: %j', (field, is) => {
  expect(isObjectOfLists(field)).toBe(is);
});
