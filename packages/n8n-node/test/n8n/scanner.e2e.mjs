// Runs the scanner that n8n uses before it verifies a package, on the sources and on the packed files.
import { execFileSync } from 'node:child_process';
import { appendFileSync, cpSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { install, paths } from './install.mjs';
import { pack, packageDir, temporaryFolder } from './pack.mjs';

const { folder, remove } = temporaryFolder();
const packed = join(folder, 'package');

beforeAll(() => {
  install();
  execFileSync('tar', ['-xzf', pack(folder), '-C', folder]);
});
afterAll(remove);

function scan(scanned, what) {
  const script = fileURLToPath(new URL('scan.mjs', import.meta.url));
  const { NODE_ENV: _, ...env } = process.env;
  const args = [script, paths.scanner, scanned, what];
  return JSON.parse(execFileSync(process.execPath, args, { env, encoding: 'utf8' }));
}

test('The scanner passes the sources.', () => {
  expect(scan(packageDir, 'sources')).toEqual({ passed: true });
});

test('The scanner passes the packed files.', () => {
  expect(scan(packed, 'packed')).toEqual({ passed: true });
});

test('The scanner finds a forbidden global that is added to them.', () => {
  const spoilt = join(folder, 'spoilt');
  cpSync(packed, spoilt, { recursive: true });
  appendFileSync(
    join(spoilt, 'dist/nodes/ModelsLabReload/ModelsLabReload.node.js'),
    'process.env;',
  );

  expect(scan(spoilt, 'packed')).toMatchObject({ passed: false });
});
