import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isFull } from '../../packages/core/test/effort.ts';
import { run, withoutShell } from '../command.mjs';
import { findLaunchers } from '../checkout/end-with-npx.mjs';

test('on Windows, Node runs npm and npx itself', () => {
  const windows = {
    platform: 'win32',
    execPath: join('C:', 'Program Files', 'nodejs', 'node.exe'),
  };
  expect(withoutShell(['npx', '-y', 'a b'], windows)).toEqual([
    windows.execPath,
    join('C:', 'Program Files', 'nodejs', 'node_modules/npm/bin/npx-cli.js'),
    '-y',
    'a b',
  ]);
  expect(withoutShell(['git', 'status'], windows)).toEqual(['git', 'status']);
  expect(withoutShell(['npm', 'ci'], { platform: 'linux' })).toEqual(['npm', 'ci']);
});

test('a path with spaces is one argument, and a failure has the output', async () => {
  const folder = join(mkdtempSync(join(tmpdir(), 'command-')), 'a folder & more');
  mkdirSync(folder);
  writeFileSync(join(folder, 'a b.mjs'), 'console.log(process.argv[2], process.env.A);');
  const program = join(folder, 'a b.mjs');
  expect(await run([process.execPath, program, 'x y'], { env: { A: '1' } })).toBe('x y 1\n');
  await expect(
    run([process.execPath, '-e', 'console.log("said"); process.exit(3)']),
  ).rejects.toThrow(/process\.exit[^]*said/);
});

// Elsewhere than on Windows, npm is a command like any other.
test.runIf(isFull)('npm runs', async () => {
  expect((await run(['npm', '--version'])).trim()).toMatch(/^\d+\.\d+/);
});

test('the launchers of a process are npx, pnpm and their shells, up to the user', () => {
  const table = [
    '  100     1 -bash',
    '  200   100 npm exec pnpm@10 -s modelslab-reload emulator',
    "  201   200 sh -c 'pnpm' -s modelslab-reload emulator",
    '  202   201 node /home/me/.npm/_npx/1/node_modules/.bin/pnpm -s modelslab-reload emulator',
    '  203   202 sh -c node scripts/modelslab-reload.mjs emulator',
    '  204   203 node scripts/modelslab-reload.mjs emulator',
    '  300   100 node scripts/modelslab-reload.mjs emulator',
  ].join('\n');
  expect(findLaunchers(204, table)).toEqual([203, 202, 201, 200]);
  expect(findLaunchers(300, table)).toEqual([]);
  expect(findLaunchers(204, '')).toEqual([]);
});
