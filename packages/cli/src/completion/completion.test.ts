import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { expect, test } from 'vitest';
import { needsShell } from '../../../../scripts/vitest/needs.ts';
import { shellArguments } from '../../../../scripts/vitest/shell.ts';
import { isFull } from '../../../core/test/effort.ts';
import { bin } from '../../test/cli.ts';
import { run as runHere } from '../../test/process.ts';
import { SCRIPTS } from './scripts.ts';

const cwd = mkdtempSync(join(tmpdir(), 'modelslab-reload-'));
const folder = join(cwd, 'bin');
mkdirSync(folder);
const program = join(folder, 'modelslab-reload');
const install = (script: string) =>
  writeFileSync(program, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
writeFileSync(join(cwd, 'a file.txt'), '');
// What shells read when they start may fail or take minutes; the tests do not wait for it.
mkdirSync(join(cwd, '.config/fish'), { recursive: true });
for (const startupFile of ['.bashrc', '.zshrc', '.zshenv', '.config/fish/config.fish'])
  writeFileSync(join(cwd, startupFile), 'echo from a startup file; exit 1\n');

function runShell(shell: string, script: string, args: string[]): string {
  const { stdout, stderr } = spawnSync(shell, [...shellArguments(shell, script), ...args], {
    cwd,
    encoding: 'utf8',
    env: { HOME: cwd, PATH: `${folder}${delimiter}${process.env.PATH}` },
  });
  expect(stderr).toBe('');
  return stdout;
}

/** Returns the lines that a script prints with the program. */
async function run(shell: string, script: string, args: string[], isReal = isFull) {
  if (isReal) {
    install(`exec '${process.execPath}' '${bin}' "$@"`);
  } else {
    // Starting it takes most of the time. The first run shows with which arguments, and the second gets its output.
    const asked = join(folder, 'asked');
    install(`printf '%s\\n' "$@" > '${asked}'`);
    runShell(shell, script, args);
    const words = readFileSync(asked, 'utf8').split('\n').slice(0, -1);
    writeFileSync(join(folder, 'answer'), (await runHere(words)).stdout);
    install(`cat '${join(folder, 'answer')}'`);
  }
  return runShell(shell, script, args)
    .split('\n')
    .filter((line) => line !== '');
}

/** Returns the completions that bash offers for the last word. */
function completeInBash(words: string[], isReal?: boolean): Promise<string[]> {
  const script = `${SCRIPTS.bash}
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
_modelslab_reload
printf '%s\\n' "\${COMPREPLY[@]}"`;
  return run('bash', script, ['bash', 'modelslab-reload', ...words], isReal);
}

test.for<[words: string[], offered: string[]]>([
  [['l'], ['list']],
  [['--out'], ['--output']],
  [['my-model', ''], []],
  [
    ['--output', '='],
    ['text', 'json', 'ndjson'],
  ],
  [['--output', '=', 'j'], ['json']],
  [['--output=j'], ['--output=json']],
  [['-oj'], ['-ojson']],
  [['-f', 'a'], ['a file.txt']],
  [['-fa'], ['-fa file.txt']],
  [['--file', '=', 'a'], ['a file.txt']],
  [['--base-url', '=', 'http', ':', '//127.0.0.1', ':', '8971', 'l'], ['list']],
  [['--base-url', 'http', ':'], []],
])('bash offers for %j: %j', async ([words, offered], context) => {
  needsShell(context, 'bash');
  expect(await completeInBash(words)).toEqual(offered);
});

test('the script runs the program', async (context) => {
  needsShell(context, 'bash');
  expect(await completeInBash(['-q', 'e'], true)).toEqual(['emulator']);
});

test.for<[shell: string, line: string, offered: string[]]>([
  ['fish', 'l', ['list\tids of the trained models']],
  ['fish', 'my-model --no-w', ['--no-wait\tsame as --until accepted']],
  ['fish', '--output ', ['text', 'json', 'ndjson']],
  ['fish', '-oj', ['-ojson']],
  ['fish', '-f a', ['a file.txt']],
  ['fish', '--file=a', ['--file=a file.txt']],
  ['fish', '-- l', []],
  ['zsh', 'l', ['list:ids of the trained models']],
  ['zsh', 'my-model --no-w', ['--no-wait:same as --until accepted']],
  ['zsh', '--output ', ['text', 'json', 'ndjson']],
  ['zsh', '-f a', ['files after ""']],
  ['zsh', '--file=a', ['files after "--file="']],
  ['zsh', '-- l', []],
])('%s offers for %j: %j', async ([shell, line, offered], context) => {
  needsShell(context, shell);
  const found = await (shell === 'fish' ? completeInFish(line) : completeInZsh(line));
  expect(found.toSorted()).toEqual(offered.toSorted());
});

async function completeInFish(line: string): Promise<string[]> {
  const script = `${SCRIPTS.fish}\ncomplete -C 'modelslab-reload ${line}'`;
  const offers = await run('fish', script, []);
  return offers.map((offer) => offer.trimEnd().replaceAll('\\', ''));
}

/** Returns what the script hands to the functions of zsh, which work only at a prompt. */
function completeInZsh(line: string): Promise<string[]> {
  const script = `compdef() {}
compset() { prefix=$2 }
_files() { print -r -- "files after \\"$prefix\\"" }
_describe() { print -rl -- "\${(@P)2}" }
${SCRIPTS.zsh}
words=("$@") CURRENT=$#
_modelslab_reload`;
  return run('zsh', script, ['zsh', 'modelslab-reload', ...line.split(' ')]);
}
