import { expect, test } from 'vitest';
import { findEnds, toKeyCharacters } from './encodings.ts';

/** Finds the ends of the encodings of one character at the start of a string. */
function findEndsOf(text: string, character: string): number[] {
  const [found] = toKeyCharacters(character);
  if (!found) throw new Error('A test needs a character.');
  return findEnds(text, 0, found);
}

test.each<[string, string, number[]]>([
  // Unchanged, in either case.
  ['a', 'a', [1]],
  ['A', 'a', [1]],
  ['a', 'A', [1]],
  ['b', 'a', []],
  ['', 'a', []],
  ['\u00df', '\u00df', [1]],
  ['S', '\u00df', []],
  ['\u0130', '\u0130', [1]],
  ['i', '\u0130', []],
  ['\u{1f511}', '\u{1f511}', [2]],
  ['\u{1f512}', '\u{1f511}', []],
  // URL-encoded.
  ['%61', 'a', [3]],
  ['%62', 'a', []],
  ['%6', 'a', []],
  ['x61', 'a', []],
  ['%c3%A9', '\u00e9', [6]],
  ['%C3xA9', '\u00e9', []],
  ['%C3%A8', '\u00e9', []],
  ['%+6', '\u0006', []],
  ['%6x', '\u0006', []],
  ['%6', '\u0006', []],
  ['%zz', '\u0001', []],
  // HTML-escaped.
  ['&#97;', 'a', [5]],
  ['&#098;', 'a', []],
  ['&#0097;', 'a', [7]],
  ['&#x61;', 'a', [6]],
  ['&#X0061;', 'a', [8]],
  ['&#97', 'a', []],
  ['&lt;', '<', [4]],
  ['&LT;', '<', [4]],
  ['&gt;', '<', []],
  ['&amp;', '&', [1, 5]],
  ['&other;', 'a', []],
  ['& ', '\u0001', []],
  // JSON-escaped, up to three times.
  ['\\"', '"', [2]],
  ['\\\\"', '"', [3]],
  [`${'\\'.repeat(8)}"`, '"', [9]],
  [`${'\\'.repeat(9)}"`, '"', []],
  ['\\/', '/', [2]],
  ['\\a', 'a', []],
  ['\\"', '/', []],
  ['\\\\', '\\', [1, 2]],
  ['\\\\\\', '\\', [1, 2, 3]],
  ['\\\\', 'a', []],
  ['\\u0061', 'a', [6]],
  ['\\\\U0061', 'a', [7]],
  [`${'\\'.repeat(8)}u0061`, 'a', [13]],
  ['u0061', 'a', []],
  ['\\x0061', 'a', []],
  ['\\u0062', 'a', []],
  ['\\u006', 'a', []],
  ['\\ud83d\\udd11', '\u{1f511}', [12]],
  ['\\ud83d\\udd12', '\u{1f511}', []],
])('The encodings at the start of %j of the character %j end at %j', (text, character, ends) => {
  expect(findEndsOf(text, character)).toEqual(ends);
});
