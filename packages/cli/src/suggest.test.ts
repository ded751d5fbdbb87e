import { expect, test } from 'vitest';
import { suggest } from './suggest.ts';

const COMMANDS = ['reload', 'list', 'emulator', 'help'];

test.each([
  ['lsit', 1, 'list'],
  ['relaod', 1, 'reload'],
  ['hlep', 1, 'help'],
  ['lxxt', 1, null],
  ['lxxt', 2, 'list'],
  ['', 1, null],
  ['help-desk', 2, null],
])('the command that is closest to %j, with up to %i edits, is %j', (word, maxEdits, closest) => {
  expect(suggest(word, COMMANDS, maxEdits)).toBe(closest);
});

test.each([
  ['lst', 'list', 1],
  ['lists', 'list', 1],
  ['llist', 'list', 1],
  ['lost', 'list', 1],
  ['relaodd', 'reload', 2],
  ['badc', 'abcd', 2],
  ['ab', 'ca', 2],
  ['ab', 'bc', 2],
  ['', 'ab', 2],
  ['xyab', 'abz', 3],
])('%j differs from %j by %i edits', (word, candidate, edits) => {
  expect(suggest(word, [candidate], edits)).toBe(candidate);
  expect(suggest(word, [candidate], edits - 1)).toBeNull();
});

test('a word that is too long to be a typo is not compared, which would take minutes', () => {
  expect(suggest('h'.repeat(10_000_000), COMMANDS, 2)).toBeNull();
});

test('the closest candidate wins, not the first', () => {
  expect(suggest('lisst', ['lift', 'list'], 2)).toBe('list');
});
