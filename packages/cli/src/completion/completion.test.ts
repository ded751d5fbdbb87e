import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { needsShell } from '../../../../scripts/vitest/needs.ts';
import { bashCompletion } from './bash.ts';
import { fishCompletion } from './fish.ts';
import { zshCompletion } from './zsh.ts';

const cwd = mkdtempSync(join(tmpdir(), 'modelslab-reload-'));
writeFileSync(join(cwd, 'a file.txt'), '');

function run(shell: string, script: string, args: string[]): string[] {
  const { stdout, stderr } = spawnSync(shell, ['-c', script, ...args], { cwd, encoding: 'utf8' });
  expect(stderr).toBe('');
  return stdout.split('\n').filter((line) => line !== '');
}

/** Returns the completions that bash offers for the last word. */
function completeInBash(words: string[]): string[] {
  const script = `${bashCompletion()}
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
_modelslab_reload
printf '%s\\n' "\${COMPREPLY[@]}"`;
  return run('bash', script, ['bash', 'modelslab-reload', ...words]);
}

test.for<[words: string[], offered: string[]]>([
  [[''], ['reload', 'list', 'emulator', 'completion', 'help']],
  [['l'], ['list']],
  [['--out'], ['--output']],
  [
    ['--output', ''],
    ['text', 'json', 'ndjson'],
  ],
  [['--output', '=', 'j'], ['json']],
  [['--output=j'], ['--output=json']],
  [['-oj'], ['-ojson']],
  [['-fa'], ['-fa file.txt']],
  [['--file', '=', 'a'], ['a file.txt']],
  [['--base-url', 'http', ':', '//127.0.0.1', ':', '8971', 'l'], ['list']],
  [['--base-url', '=', 'http', ':', '//127.0.0.1', ':', '8971', 'l'], ['list']],
  [['--base-url', 'http', ':', '//127.0.0.1', ':'], []],
  [['--base-url', 'http', ':'], []],
  [['a', ':', 'b', '--no-w'], ['--no-wait']],
  [['--', 'l'], []],
  [['-q', '--', '--no-w'], []],
  [['--', 'list', '--all-'], []],
  [['-o', 'json', '--', ''], []],
  [
    ['-f', 'yes', ''],
    ['reload', 'list', 'emulator', 'completion', 'help'],
  ],
  [
    ['--output', '='],
    ['text', 'json', 'ndjson'],
  ],
  [['-u', 'a'], ['accepted']],
  [['-o', 'json', 'l'], ['list']],
  [['-q', 'list', '--all-'], []],
  [
    ['--quiet', ''],
    ['reload', 'list', 'emulator', 'completion', 'help'],
  ],
  [['--output', '=', 'json', 'l'], ['list']],
  [['--timeout', ''], []],
  [['-f', 'a'], ['a file.txt']],
  [['my-model', ''], []],
  [['my-model', '--no-w'], ['--no-wait']],
  [['list', '--all-'], []],
  [['list', '--base'], ['--base-url']],
  [
    ['completion', ''],
    ['bash', 'zsh', 'fish'],
  ],
  [['completion', 'zsh', ''], []],
  [
    ['completion', '--', ''],
    ['bash', 'zsh', 'fish'],
  ],
  [
    ['help', 'e'],
    ['emulator', 'exit-codes'],
  ],
])('bash offers for %j: %j', ([words, offered], context) => {
  needsShell(context, 'bash');
  expect(completeInBash(words)).toEqual(offered);
});

test.for<[shell: string, line: string, offered: string[]]>([
  ['fish', 'l', ['list']],
  ['fish', '-o json l', ['list']],
  ['fish', '--timeout l', []],
  ['fish', 'my-model l', []],
  ['fish', '--output ', ['text', 'json', 'ndjson']],
  ['fish', 'list --all-', []],
  ['fish', 'my-model --no-w', ['--no-wait']],
  ['fish', 'completion ', ['bash', 'zsh', 'fish']],
  ['fish', 'completion zsh ', []],
  ['fish', '-- l', []],
  ['fish', '-o json -- l', []],
  ['fish', '--base-url http://127.0.0.1:8971 l', ['list']],
  ['fish', '-oj', ['-ojson']],
  ['zsh', 'l', ['reload 2 l']],
  ['zsh', 'list --out', ['list 2 --out']],
  ['zsh', '-o json list --out', ['list 4 -o json --out']],
  ['zsh', '--timeout list x', ['reload 4 --timeout list x']],
  ['zsh', 'my-model list', ['reload 3 my-model list']],
  ['zsh', '-- list --out', ['reload 4 -- list --out']],
  ['zsh', '-q -- l', ['reload 4 -q -- l']],
])('in %s for %j: %j', ([shell, line, offered], context) => {
  needsShell(context, shell);
  const found = shell === 'fish' ? completeInFish(line) : parseInZsh(line);
  expect(found.toSorted()).toEqual(offered.toSorted());
});

function completeInFish(line: string): string[] {
  const script = `${fishCompletion()}\ncomplete -C 'modelslab-reload ${line}'`;
  return run('fish', script, []).map((offer) => offer.split('\t')[0] ?? '');
}

/** Returns the command whose options zsh would offer, and the words that it would look at. */
function parseInZsh(line: string): string[] {
  const words = ['modelslab-reload', ...line.split(' ')];
  const script = `compdef() {}
_describe() {}
_arguments() { print -r -- "$command $CURRENT \${words[2,-1]}" }
${zshCompletion()}
words=("$@") CURRENT=$#
_modelslab_reload`;
  return run('zsh', script, ['zsh', ...words]);
}
