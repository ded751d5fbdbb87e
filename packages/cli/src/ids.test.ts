import { expect, test } from 'vitest';
import { checkIds, idsIn } from './ids.ts';

test.each([
  ['one id a line', 'a\nb\n', ['a', 'b']],
  ['line ends of Windows', 'a\r\nb\r\n', ['a', 'b']],
  ['line ends of old Macs', 'a\rb', ['a', 'b']],
  ['no line end at the end', 'a\nb', ['a', 'b']],
  ['blanks around', '  a \n\tb\t\n', ['a', 'b']],
  ['blank lines', '\n\n a\n \n', ['a']],
  ['a comment at the start of a line', '# all of them\na', ['a']],
  ['a comment after a blank', 'a # the first\nb\t#second\n  # third', ['a', 'b']],
  ['no comment without a blank', 'a#b\nc#', ['a#b', 'c#']],
  ['an id with a blank in it', 'my model', ['my model']],
  ['nothing', '', []],
])('%s', (_name, text, ids) => {
  expect(idsIn(text, 'models.txt').map(({ id }) => id)).toEqual(ids);
});

test('an id knows its line', () => {
  expect(idsIn('# list\r\n\r\na', 'models.txt')).toEqual([
    { id: 'a', where: 'models.txt, line 3' },
  ]);
});

test.each([
  ['', 'argument 1: A model id is empty.'],
  ['  ', 'argument 1: A model id is empty.'],
  ['a\u0007b', 'invisible character'],
  ['the-key', 'API key'],
])('%j is refused, with its place', (id, message) => {
  expect(() => checkIds([{ id, where: 'argument 1' }], 'the-key')).toThrow(message);
});
