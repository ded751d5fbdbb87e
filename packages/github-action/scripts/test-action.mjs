// Runs all tests of the action, including those that `pnpm test` leaves out: the bundle on the runner's Node version,
// and two linters on action.yml and all workflows. Build first.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { canFetchNode, fetchNode } from '../../../scripts/node-binary.mjs';
import { checkWorkflows } from './check-workflows.mjs';
import { findNode24, runnerNode } from './node-24.mjs';

if (canFetchNode) fetchNode(runnerNode);
const node = findNode24();
if (node === null)
  fail('Node 24 or newer is not installed and cannot be downloaded. Run this with Node 24.');

const packageFolder = fileURLToPath(new URL('..', import.meta.url));
if (!existsSync(join(packageFolder, 'dist/index.js'))) fail('The bundle is missing. Build first.');

const vitest = createRequire(import.meta.url).resolve('vitest/package.json');
const { status } = spawnSync(process.execPath, [join(dirname(vitest), 'vitest.mjs'), 'run'], {
  cwd: packageFolder,
  stdio: 'inherit',
  env: { ...process.env, TEST_BUNDLE: '1' },
});
if (status !== 0) fail('The tests failed.');

const faults = await checkWorkflows();
for (const fault of faults) console.error(fault);
if (faults.length > 0) fail(`${faults.length} problems in action.yml and the workflows.`);
console.log('All checks of the action passed.');

function fail(message) {
  console.error(message);
  process.exit(1);
}
