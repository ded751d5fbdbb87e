import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { needsShell, needsSignals } from '../../../scripts/vitest/needs.ts';
import { environment } from './cli.ts';

const script = fileURLToPath(new URL('../../../scripts/modelslab-reload.mjs', import.meta.url));

test("the root script passes arguments and the exit code, and resolves paths against the user's folder", () => {
  const cwd = mkdtempSync(join(tmpdir(), 'modelslab-reload-'));
  writeFileSync(join(cwd, 'none.txt'), '# none\n');
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, '-f', 'none.txt'], {
    encoding: 'utf8',
    env: environment({ INIT_CWD: cwd }),
  });
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain('No model ids found in none.txt.');
});

test('the emulator ends if npx, through which it was started, is terminated', async (context) => {
  needsSignals(context);
  needsShell(context);
  // Like npx: a process that starts a shell, and does not pass SIGTERM on.
  const npx = join(mkdtempSync(join(tmpdir(), 'modelslab-reload-')), 'npx.cjs');
  writeFileSync(
    npx,
    "require('node:child_process').spawn('sh', ['-c', process.argv[2]], { stdio: 'inherit' });\n",
  );
  const command = `"${process.execPath}" "${script}" emulator --port 0; exit $?`;
  const child = spawn(process.execPath, [npx, command], { env: environment() });
  const [url] = (await once(child.stdout, 'data')) as [Buffer];
  expect(String(url)).toMatch(/^http:/);
  child.kill('SIGTERM');
  // The pipe closes when the last process that holds it has ended.
  await once(child, 'close');
  await expect(fetch(String(url).trim())).rejects.toThrow('fetch failed');
});
