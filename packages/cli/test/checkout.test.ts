import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
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
