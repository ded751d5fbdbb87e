import { expect, test } from 'vitest';
import { escapeInvisible, quote } from './text.ts';

test.each<[unknown, string]>([
  ['a', '"a"'],
  ['a"b\n', '"a\\"b\\n"'],
  ['my-\u200bmodel', '"my-\\u200bmodel"'],
  ['a\u202eb\u00ad\ufeff\u009b', '"a\\u202eb\\u00ad\\ufeff\\u009b"'],
  ['é 🔑', '"é 🔑"'],
  ['x'.repeat(201), `"${'x'.repeat(200)}…"`],
  [7, '7'],
  [undefined, 'undefined'],
  [null, 'null'],
  [{ a: 1 }, 'an object'],
  [() => 'secret', 'a function'],
  [Symbol('a'), 'Symbol(a)'],
])('%j is quoted as %s', (value, quoted) => {
  expect(quote(value)).toBe(quoted);
});

test('an escaped text shows what is invisible or controls a terminal, and is otherwise unchanged', () => {
  expect(escapeInvisible('a "b"  é\u202e\u0000\u001b[31m\u{e0001}')).toBe(
    'a "b"  é\\u202e\\u0000\\u001b[31m\\ue0001',
  );
});
