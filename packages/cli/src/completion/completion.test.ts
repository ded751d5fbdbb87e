import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cli } from '../../test/cli.ts';
import { allOptions } from '../options.ts';
import { bashCompletion } from './bash.ts';

const cwd = mkdtempSync(join(tmpdir(), 'modelslab-reload-'));
writeFileSync(join(cwd, 'a file.txt'), '');

/** What bash offers for the last of the words. */
function complete(...words: string[]): string[] {
  const script = `${bashCompletion()}
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
_modelslab_reload
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync(
    'bash',
    ['-c', script, 'bash', 'modelslab-reload', ...words],
    {
      cwd,
      encoding: 'utf8',
    },
  );
  expect(stderr).toBe('');
  return stdout.split('\n').filter((line) => line !== '');
}

test.each([
  [[''], ['reload', 'list', 'emulator', 'completion', 'help']],
  [['l'], ['list']],
  [['--out'], ['--output']],
  [
    ['--output', ''],
    ['text', 'json', 'ndjson'],
  ],
  [['--output', '=', 'j'], ['json']],
  [
    ['--output', '='],
    ['text', 'json', 'ndjson'],
  ],
  [['-u', 'a'], ['accepted']],
  [['-o', 'json', 'l'], ['list']],
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
  [
    ['help', 'e'],
    ['emulator', 'exit-codes'],
  ],
  [
    ['emulator', '--success', ''],
    ['loaded', 'accepted', 'blocking'],
  ],
])('bash offers for %j: %j', (words, offered) => {
  expect(complete(...words)).toEqual(offered);
});

test.each(['bash', 'zsh', 'fish'])('the script for %s names every option', async (shell) => {
  const { code, stdout, stderr } = await cli(['completion', shell]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  for (const { long } of allOptions) {
    expect(stdout).toContain(shell === 'fish' ? `-l ${long.slice(2)} ` : long);
  }
});
