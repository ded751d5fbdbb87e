import { expect, test } from 'vitest';
import { findNameFault } from './windows-name.ts';

test.each([
  'NUL',
  'nul',
  'CON',
  'con.ndjson',
  'AUX .x',
  'PRN',
  'COM1.ndjson',
  'LPT¹',
  'CONOUT$',
  String.raw`C:\logs\NUL`,
  String.raw`\\?\C:\logs\com0.txt`,
  'C:/logs/lpt9',
])('Windows reserves the name of %s', (path) => {
  expect(findNameFault(path)).toMatch(/ is a reserved name on Windows$/);
});

test.each([
  'a:b.ndjson',
  String.raw`C:\logs\a:b`,
  'C:a:b',
  'C:record',
  String.raw`\\?\C:\a::$DATA`,
  'list.txt:',
])('the colon in %s may make a stream of another file', (path) => {
  expect(findNameFault(path)).toBe('a colon is allowed only in a drive such as C:\\');
});

test.each([
  'record.ndjson',
  'NULL',
  'CONSOLE.ndjson',
  'COM10',
  'a.NUL',
  String.raw`C:\logs\record`,
  String.raw`\\?\C:\logs\record`,
  String.raw`\\server\share\record`,
])('Windows stores a file under %s', (path) => {
  expect(findNameFault(path)).toBeNull();
});
