import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { needsShell } from '../../../../scripts/vitest/needs.ts';
import { findShell, SHELLS, type Shell } from './shell.ts';

const MACHINE = 'C:\\Program Files\\WindowsPowerShell\\Modules';

test.each<[Shell, NodeJS.Platform, NodeJS.ProcessEnv]>([
  ['posix', 'linux', { SHELL: '/bin/bash' }],
  ['posix', 'darwin', {}],
  ['fish', 'linux', { SHELL: '/usr/bin/fish' }],
  ['cmd', 'win32', { USERPROFILE: 'C:\\Users\\me', PSModulePath: `${MACHINE};D:\\Modules` }],
  ['cmd', 'win32', {}],
  [
    'powershell',
    'win32',
    {
      USERPROFILE: 'C:\\Users\\me',
      PSModulePath: `C:\\Users\\me\\Documents\\PowerShell\\Modules;${MACHINE}`,
    },
  ],
  ['posix', 'win32', { MSYSTEM: 'MINGW64', USERPROFILE: 'C:\\Users\\me', PSModulePath: MACHINE }],
])('the shell is %s on %s with %j', (shell, platform, env) => {
  expect(findShell({ platform, env })).toBe(shell);
});

test('each shell has its own commands', () => {
  expect(
    Object.values(SHELLS).map(({ ask, run, comment }) => [
      ask('KEY'),
      `${run('KEY', 'demo', 'reload m')}  ${comment} why`,
    ]),
  ).toEqual([
    ['read -rs KEY && export KEY', 'KEY=demo reload m  # why'],
    ['read -gxs KEY', 'KEY=demo reload m  # why'],
    [
      "$env:KEY = [Net.NetworkCredential]::new('', (Read-Host -AsSecureString)).Password",
      "$env:KEY = 'demo'; reload m  # why",
    ],
    ['set /p KEY=', 'set "KEY=demo" && reload m  & rem why'],
  ]);
});

test.for(['bash', 'zsh', 'fish'] as const)('the commands work in %s', (shell, context) => {
  needsShell(context, shell);
  const { ask, run, comment } = SHELLS[shell === 'fish' ? 'fish' : 'posix'];
  const printKey = `${process.execPath} -p process.env.KEY`;
  const script = `${ask('KEY')}\n${printKey}\n${run('KEY', 'demo', printKey)}  ${comment} why`;
  const printed = execFileSync(shell, ['-c', script], { input: 'typed\n', encoding: 'utf8' });
  expect(printed.split('\n').slice(-3)).toEqual(['typed', 'demo', '']);
});

test('the README has the same commands', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  for (const { ask } of [SHELLS.posix, SHELLS.powershell]) {
    expect(readme).toContain(`\n${ask('MODELSLAB_API_KEY')}  `);
  }
});
