import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cli } from './cli.ts';

test('millions of lines without ids take no memory', async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'modelslab-reload-')), 'models.txt');
  writeFileSync(path, '\n'.repeat(8 * 1024 * 1024));
  const { code, stderr } = await cli(['--file', path], {
    env: { NODE_OPTIONS: '--max-old-space-size=64' },
  });
  expect(stderr).toMatch(/^modelslab-reload: No model ids found in /);
  expect(code).toBe(2);
});
