import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isFull } from '../../core/test/effort.ts';
import { cli } from './cli.ts';

// The lines would not fit into the memory if all were kept.
const [LINES, MEGABYTES] = isFull ? [8, 64] : [2, 24];

test('millions of lines without ids take no memory', async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'modelslab-reload-')), 'models.txt');
  writeFileSync(path, '\n'.repeat(LINES * 1024 * 1024));
  const { code, stderr } = await cli(['--file', path], {
    env: { NODE_OPTIONS: `--max-old-space-size=${MEGABYTES}` },
  });
  expect(stderr).toMatch(/^modelslab-reload: No model ids found in /);
  expect(code).toBe(2);
});
