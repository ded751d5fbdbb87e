// All that proves the action, what a plain `pnpm test` does not carry included: the bundle on the
// runner's own Node, and action.yml and all workflows under two linters. Build first.
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
  fail('No Node of 24 or newer is at hand, and none can be fetched: run this with one.');

const packageFolder = fileURLToPath(new URL('..', import.meta.url));
if (!existsSync(join(packageFolder, 'dist/index.js'))) fail('There is no bundle. Build first.');

const vitest = createRequire(import.meta.url).resolve('vitest/package.json');
const { status } = spawnSync(process.execPath, [join(dirname(vitest), 'vitest.mjs'), 'run'], {
  cwd: packageFolder,
  stdio: 'inherit',
});
if (status !== 0) fail('The tests failed.');

const faults = await checkWorkflows();
for (const fault of faults) console.error(fault);
if (faults.length > 0) fail(`${faults.length} faults in action.yml and the workflows.`);
console.log('The action is as it should be.');

function fail(message) {
  console.error(message);
  process.exit(1);
}
