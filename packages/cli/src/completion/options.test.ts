import { expect, test } from 'vitest';
import { COMMAND_NAMES } from '../commands/table.ts';
import { reloadOptions } from '../options.ts';
import { bashCompletion } from './bash.ts';
import { fishCompletion } from './fish.ts';
import { optionsOf, quoteWord } from './shared.ts';
import { zshCompletion } from './zsh.ts';

const { file, output, timeout } = reloadOptions;

test.each([
  ['bash', bashCompletion, (name: string) => name],
  ['zsh', zshCompletion, (name: string) => name],
  ['fish', fishCompletion, (name: string) => ` -l ${name.slice(2)} `],
])('every option is named in the script for %s', (_shell, createScript, inScript) => {
  const script = createScript();
  const names = COMMAND_NAMES.flatMap((command) => optionsOf(command).map(({ long }) => long));
  expect(names).toContain('--request-timeout');
  expect(names.filter((name) => !script.includes(inScript(name)))).toEqual([]);
});

test.each([
  [
    'may be given several times and takes a file',
    `'*-f+[${file.summary}]:path:_files' '*--file=[${file.summary}]:path:_files'`,
  ],
  [
    'takes one of some values',
    `'(-o --output)''-o+[${output.summary}]:format:(text json ndjson)' '(-o --output)''--output=[${output.summary}]:format:(text json ndjson)'`,
  ],
  ['takes any value', `'--timeout=[${timeout.summary}]:duration: '`],
  ['has a colon in its summary', String.raw`'--base-url=[default https\://modelslab.com]:url: '`],
  [
    'is a switch',
    `'(-q --quiet)''-q[print results only]' '(-q --quiet)''--quiet[print results only]'`,
  ],
  ['is a switch without a short name', `'--no-color[no color]'`],
])('zsh has a line for an option that %s', (_what, line) => {
  expect(zshCompletion()).toContain(`\n        ${line} \\\n`);
});

test.each([
  ['reload', `"1:model id or command:_modelslab_reload_first" '*:model id:()'`],
  ['list', `'*: :()'`],
  ['completion', `'1:completion:(bash zsh fish)'`],
])('zsh has a line for the operands of %s, after its options', (command, line) => {
  const [, section = ''] = zshCompletion().split(`    ${command})\n      _arguments -s -S \\\n`);
  expect(section.split('\n      ;;')[0]?.split(' \\\n        ').at(-1)).toBe(line);
});

test.each([
  ['may be given several times and takes a file', `-s f -l file -r -F -d '${file.summary}'`],
  ['takes one of some values', `-s o -l output -x -a 'text json ndjson' -d '${output.summary}'`],
  ['takes any value', `-l timeout -x -d '${timeout.summary}'`],
  ['is a switch', `-s q -l quiet -d 'print results only'`],
  ['is a switch without a short name', `-l no-color -d 'no color'`],
])('fish has a line for an option that %s', (_what, line) => {
  expect(fishCompletion().split('\n')).toContain(
    `complete -c modelslab-reload -n '__modelslab_reload_command reload' ${line}`,
  );
});

test('fish offers no operands for a command that has none', () => {
  expect(fishCompletion()).not.toContain(`-a ''`);
});

test('an apostrophe ends the quotes of a shell, and begins them again', () => {
  expect(quoteWord("the API's URL")).toBe(String.raw`'the API'\''s URL'`);
});
