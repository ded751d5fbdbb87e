import { expect, test } from 'vitest';
import { suggest } from './suggest.ts';

const COMMANDS = ['reload', 'list', 'emulator', 'help'];

test.each([
  ['lsit', 1, 'list'],
  ['lst', 1, 'list'],
  ['lists', 1, 'list'],
  ['llist', 1, 'list'],
  ['lost', 1, 'list'],
  ['relaod', 1, 'reload'],
  ['hlep', 1, 'help'],
  ['lxxt', 1, null],
  ['lxxt', 2, 'list'],
  ['relaodd', 2, 'reload'],
  ['', 1, null],
  ['help-desk', 2, null],
  ['h'.repeat(100_000), 2, null],
])('%.20s with up to %i edits is close to %s', (word, maxEdits, candidate) => {
  expect(suggest(word, COMMANDS, maxEdits)).toBe(candidate);
});

test('the closest candidate wins, not the first', () => {
  expect(suggest('lisst', ['lift', 'list'], 2)).toBe('list');
});
