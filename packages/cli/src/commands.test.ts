import { expect, test } from 'vitest';
import { splitCommand } from './commands.ts';

test.each([
  ['', 'reload', ''],
  ['my-model', 'reload', 'my-model'],
  ['reload my-model', 'reload', 'my-model'],
  ['list', 'list', ''],
  ['list -o json', 'list', '-o json'],
  ['-o json list', 'list', '-o json'],
  ['--output=json list', 'list', '--output=json'],
  ['-ojson list', 'list', '-ojson'],
  ['-q list', 'list', '-q'],
  ['-qf list', 'reload', '-qf list'],
  ['--timeout list', 'reload', '--timeout list'],
  ['-f - list', 'list', '-f -'],
  ['my-model list', 'reload', 'my-model list'],
  ['reload list', 'reload', 'list'],
  ['-- list', 'reload', '-- list'],
  ['emulator --port 0', 'emulator', '--port 0'],
  ['help exit-codes', 'help', 'exit-codes'],
])('%s', (line, command, rest) => {
  const words = (text: string) => text.split(' ').filter((word) => word !== '');
  expect(splitCommand(words(line))).toEqual({ command, rest: words(rest) });
});
