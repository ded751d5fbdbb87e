import { expect, test } from 'vitest';
import { nearCommand } from './near-command.ts';

test.each([
  ['lsit', 'list'],
  ['lst', 'list'],
  ['lists', 'list'],
  ['llist', 'list'],
  ['lost', 'list'],
  ['emulater', 'emulator'],
  ['relaod', 'reload'],
  ['hlep', 'help'],
  ['list', null],
  ['lxxt', null],
  ['my-model', null],
  ['', null],
  ['help-desk', null],
])('%s -> %s', (word, command) => {
  expect(nearCommand(word)).toBe(command);
});
