import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { needsShell } from '../../../../scripts/vitest/needs.ts';
import { shellArguments } from '../../../../scripts/vitest/shell.ts';
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

test.for(['bash', 'zsh', 'fish'] as const)('the commands work in %s', (shell, context) => {
  needsShell(context, shell);
  const { ask, demo, comment } = SHELLS[shell === 'fish' ? 'fish' : 'posix'];
  const printKey = `${process.execPath} -p process.env.MODELSLAB_API_KEY`;
  const script = `${ask}\n${printKey}\n${demo} ${printKey}  ${comment} why`;
  const printed = execFileSync(shell, shellArguments(shell, script), {
    input: 'typed\n',
    encoding: 'utf8',
  });
  expect(printed.split('\n').slice(-3)).toEqual(['typed', 'demo-key', '']);
});

test('the README has the same commands', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  for (const { ask } of [SHELLS.posix, SHELLS.powershell]) {
    expect(readme).toContain(`\n${ask}  `);
  }
});
