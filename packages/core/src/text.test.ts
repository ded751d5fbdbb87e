import { expect, test } from 'vitest';
import { quote } from './text.ts';

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
