import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { run, withoutShell } from '../command.mjs';

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
  expect((await run(['npm', '--version'])).trim()).toMatch(/^\d+\.\d+/);
});
