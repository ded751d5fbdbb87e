// Runs all workflows that users copy (the examples and those in the README) on act, a third-party runner, with the tree
// that a release pushes, against the emulator at the address of the real service. Also runs the commands of the README.
// Skipped without Go.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { canFetchNode, fetchNode } from '../../../scripts/node-binary.mjs';
import { installAct, runWorkflow } from './act.mjs';
import { listUserWorkflows } from './check-workflows.mjs';
import { startEmulatedService } from './emulated-service.mjs';
import { git } from './git.mjs';
import { findNode24, runnerNode } from './node-24.mjs';
import { runBranchCommands, runLocalCommands } from './readme-commands.mjs';
import { copyTree, moveMajorTag, pushRelease } from './release-tree.mjs';
import { API_KEY, CASES } from './workflow-cases.mjs';

/** On two cores, more at a time would slow down all of them. */
const MAX_OPEN_CASES = 3;

const packageFolder = fileURLToPath(new URL('..', import.meta.url));

if (process.platform === 'win32') skip('act does not run workflows on the host under Windows');
const act = installAct();
if (act === null) skip('Go is not installed, which builds act');
if (canFetchNode) fetchNode(runnerNode);
const node = findNode24();
if (node === null) skip('Node 24 or newer is not installed and cannot be downloaded');
if (!existsSync(join(packageFolder, 'dist/index.js'))) {
  console.error('The bundle is missing. Build first.');
  process.exit(1);
}

const startedAt = performance.now();
const folder = mkdtempSync(join(tmpdir(), 'modelslab-reload-workflows-'));
try {
  const release = { 'modelslab-reload/modelslab-reload@v0': checkOutRelease() };
  const tools = { act, node, repositories: release };
  const results = await runAll([
    ...CASES.map((testCase) => ({ name: nameOf(testCase), run: () => runCase(tools, testCase) })),
    { name: 'README: Run it on your machine', run: () => runLocalCommands(folder) },
    { name: 'README: Before the first release', run: () => runBranchCommands(folder, tools) },
    { name: 'Every workflow has a case', run: async () => findUncovered() },
  ]);
  const failed = results.filter(({ faults }) => faults.length > 0);
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  console.log(`${results.length - failed.length} of ${results.length} passed in ${seconds} s.`);
  process.exitCode = failed.length === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function skip(reason) {
  console.log(`Skipped: ${reason}.`);
  process.exit(0);
}

function nameOf({ workflow, title }) {
  return `${workflow}, ${title}`;
}

/** Pushes a release to a repository, and returns a checkout of its moving tag. */
function checkOutRelease() {
  const remote = join(folder, 'remote.git');
  const tree = join(folder, 'tree');
  git(folder, 'init', '--quiet', '--bare', remote);
  const built = join(folder, 'built');
  const release = { version: '0.1.0', repository: packageFolder, remote };
  copyTree(built);
  pushRelease({ ...release, folder: built });
  moveMajorTag(release);
  git(folder, 'clone', '--quiet', '--branch', 'v0', '--depth', '1', `file://${remote}`, tree);
  return tree;
}

async function runAll(tasks) {
  const results = [];
  const queue = [...tasks];
  const work = async () => {
    for (let task = queue.shift(); task !== undefined; task = queue.shift()) {
      const faults = await task.run().catch((error) => [error.stack]);
      results.push({ name: task.name, faults });
      console.log(`${faults.length === 0 ? 'ok  ' : 'FAIL'} ${task.name}`);
      for (const fault of faults) console.log(`       ${fault.replaceAll('\n', '\n       ')}`);
    }
  };
  await Promise.all(Array.from({ length: MAX_OPEN_CASES }, work));
  return results;
}

/** Returns one line for each result that the case does not expect. */
async function runCase(tools, { workflow, event, service, secrets, expected }) {
  const { text } = listUserWorkflows().find(({ name }) => name === workflow) ?? {};
  if (text === undefined) return ['This workflow does not exist.'];
  const emulated = await startEmulatedService({ apiKey: API_KEY, ...service });
  try {
    const result = await runWorkflow(tools, { text, event, secrets, env: emulated.env });
    const requested = new Set(emulated.requests.flatMap(({ modelId }) => modelId ?? []));
    const faults = [
      ...compare('jobs', result.jobs, expected.jobs),
      ...compare('models', [...requested].toSorted(), expected.models),
      ...(expected.lines ?? [])
        .filter((line) => !result.lines.some(({ text: shown }) => line.test(shown)))
        .map((line) => `No line of the log matches ${line}.`),
      ...result.lines
        .filter(({ text: shown }) => shown.includes(API_KEY))
        .map(() => 'THE LOG CONTAINS THE KEY.'),
    ];
    return faults.length === 0
      ? []
      : [...faults, result.lines.map(({ text: shown }) => shown).join('\n')];
  } finally {
    await emulated.close();
  }
}

function compare(what, actual, expected) {
  const [one, other] = [JSON.stringify(actual), JSON.stringify(expected)];
  return one === other ? [] : [`${what}: expected ${other}, got ${one}`];
}

function findUncovered() {
  const covered = new Set(CASES.map(({ workflow }) => workflow));
  return listUserWorkflows()
    .filter(({ name }) => !covered.has(name))
    .map(({ name }) => `${name} has no case.`);
}
