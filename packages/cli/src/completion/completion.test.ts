import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { expect, test } from 'vitest';
import { needsShell } from '../../../../scripts/vitest/needs.ts';
import { bin } from '../../test/cli.ts';
import { SCRIPTS } from './scripts.ts';

const cwd = mkdtempSync(join(tmpdir(), 'modelslab-reload-'));
const folder = join(cwd, 'bin');
mkdirSync(folder);
const program = join(folder, 'modelslab-reload');
writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${bin}' "$@"\n`);
chmodSync(program, 0o755);
writeFileSync(join(cwd, 'a file.txt'), '');

function run(shell: string, script: string, args: string[]): string[] {
  const { stdout, stderr } = spawnSync(shell, ['-c', script, ...args], {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, HOME: cwd, PATH: `${folder}${delimiter}${process.env.PATH}` },
  });
  expect(stderr).toBe('');
  return stdout.split('\n').filter((line) => line !== '');
}

/** Returns the completions that bash offers for the last word. */
function completeInBash(words: string[]): string[] {
  const script = `${SCRIPTS.bash}
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
_modelslab_reload
printf '%s\\n' "\${COMPREPLY[@]}"`;
  return run('bash', script, ['bash', 'modelslab-reload', ...words]);
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
])('bash offers for %j: %j', ([words, offered], context) => {
  needsShell(context, 'bash');
  expect(completeInBash(words)).toEqual(offered);
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
])('%s offers for %j: %j', ([shell, line, offered], context) => {
  needsShell(context, shell);
  const found = shell === 'fish' ? completeInFish(line) : completeInZsh(line);
  expect(found.toSorted()).toEqual(offered.toSorted());
});

function completeInFish(line: string): string[] {
  const script = `${SCRIPTS.fish}\ncomplete -C 'modelslab-reload ${line}'`;
  return run('fish', script, []).map((offer) => offer.trimEnd().replaceAll('\\', ''));
}

/** Returns what the script hands to the functions of zsh, which work only at a prompt. */
function completeInZsh(line: string): string[] {
  const script = `compdef() {}
compset() { prefix=$2 }
_files() { print -r -- "files after \\"$prefix\\"" }
_describe() { print -rl -- "\${(@P)2}" }
${SCRIPTS.zsh}
words=("$@") CURRENT=$#
_modelslab_reload`;
  return run('zsh', script, ['zsh', 'modelslab-reload', ...line.split(' ')]);
}
