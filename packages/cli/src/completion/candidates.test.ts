import { expect, test } from 'vitest';
import { EMULATOR_OPTION_SPECS } from '@modelslab-reload/emulator';
import { COMMAND_NAMES, COMMANDS } from '../commands/table.ts';
import type { Options } from '../option-types.ts';
import { globalOptions } from '../options.ts';
import { listCandidates } from './candidates.ts';

const COMMAND_WORDS = ['reload', 'list', 'emulator', 'completion', 'help'];

/** Returns the words that may follow a line, without their descriptions. */
const offersFor = (line: string) =>
  listCandidates(line.split(' ')).map((candidate) => candidate.split('\t')[0]);

test.each([
  ['', COMMAND_WORDS],
  ['l', ['list']],
  ['-o json l', ['list']],
  ['-q ', COMMAND_WORDS],
  ['-f yes ', COMMAND_WORDS],
  ['--timeout 5m l', ['list']],
  ['--base-url http://127.0.0.1:8971 l', ['list']],
  ['my-model ', []],
  ['my-model l', []],
  ['-- l', []],
  ['-o json -- ', []],
])('the commands are offered only as the first operand: %j', (line, offered) => {
  expect(offersFor(line)).toEqual(offered);
});

test.each([
  ['--out', ['--output']],
  ['my-model --no-w', ['--no-wait']],
  ['list --base', ['--base-url']],
  ['list --all-', []],
  ['-q list --all-', []],
  ['-q -- --no-w', []],
  ['-- list --all-', []],
  ['--toString', []],
])('the options of the command are offered: %j', (line, offered) => {
  expect(offersFor(line)).toEqual(offered);
});

// The emulator parses its own words.
test.each(COMMAND_NAMES.filter((name) => name !== 'emulator'))(
  '%s: a dash offers each option, short and long',
  (command) => {
    const table: Options = { ...COMMANDS[command].options, ...globalOptions };
    const names = Object.entries(table).flatMap(([name, { short }]) =>
      short === undefined ? [`--${name}`] : [`--${name}`, `-${short}`],
    );
    expect(offersFor(`${command} -`)).toEqual(names);
  },
);

test.each([
  ['--output ', ['text', 'json', 'ndjson']],
  ['--output=', ['--output=text', '--output=json', '--output=ndjson']],
  ['--output=j', ['--output=json']],
  ['-oj', ['-ojson']],
  ['-u a', ['accepted']],
  ['-qu a', ['accepted']],
  ['--timeout ', []],
  ['--timeout l', []],
  ['--base-url http://127.0.0.1:', []],
  ['-f a', ['<files>']],
  ['-fa', ['<files>-f']],
  ['--file=a', ['<files>--file=']],
  ['list --api-key-file ', ['<files>']],
])('the values of an option are offered: %j', (line, offered) => {
  expect(offersFor(line)).toEqual(offered);
});

test.each([
  ['completion ', ['bash', 'zsh', 'fish']],
  ['completion -- ', ['bash', 'zsh', 'fish']],
  ['completion zsh ', []],
  ['help e', ['emulator', 'exit-codes']],
])('the operands of a command are offered: %j', (line, offered) => {
  expect(offersFor(line)).toEqual(offered);
});

test.each([
  ['emulator --lora', ['--lora-only']],
  ['emulator --success ', ['loaded', 'accepted', 'blocking']],
  ['emulator --port 8971 --queue=l', ['--queue=loading']],
  ['emulator --reload-counts ', ['yes', 'no']],
  ['emulator --loaded ', []],
  ['emulator ', []],
  ['emulator --no-w', []],
])('the options of the emulator and their values are offered: %j', (line, offered) => {
  expect(offersFor(line)).toEqual(offered);
});

test('the options of the emulator are all offered', () => {
  const flags = Object.values(EMULATOR_OPTION_SPECS).map(({ flag }) => flag);
  expect(offersFor('emulator -')).toEqual([...flags, '--help', '-h', '--version']);
});

test('a command and an option have a description', () => {
  expect(listCandidates(['l'])).toEqual(['list\tids of the trained models']);
  expect(listCandidates(['--base'])).toEqual(['--base-url\tdefault https://modelslab.com']);
});
