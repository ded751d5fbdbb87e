// Runs one script in every supported runtime, against the emulator over a socket: Node, Deno, Bun, workerd and an edge
// function's VM. Then tests the Worker's specifics and its bundles. Needs the built packages.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cachedTool } from '../../../scripts/cached-tool.mjs';
import { canFetchNode, fetchNode } from '../../../scripts/node-binary.mjs';
import { bundlers, EDGE, measureWorkerBundle, WORKER } from './runtimes/bundle.mjs';
import { check, checkScript, countPassed } from './runtimes/checks.mjs';

const NODES = ['20.19.0', '22.23.3', '24.19.0'];
const DENO = '2.9.6';
const BUN = '1.4.5';
const MINIFLARE = '4.20260730.0';
const EDGE_RUNTIME = '5.0.0';
/** The goal for a Worker, minified and compressed: 24 KiB. */
const MAX_WORKER_BYTES = 24_576;

const folder = join(import.meta.dirname, '..');
const main = join(folder, 'test/runtimes/main.mjs');

const nodes = canFetchNode ? NODES.map((version) => fetchNode(version)) : [process.execPath];
for (const node of nodes) {
  const version = (await run(node, ['--version'])).trim();
  await checkScript(`Node ${version}`, runMain(node));
}
await checkBinary('Deno', {
  path: '@deno/linux-x64-glibc/deno',
  tool: { name: `deno-${DENO}`, megabytes: 92, dependencies: { deno: DENO } },
  args: ['run', '-A', '--node-modules-dir=manual'],
});
await checkBinary('Bun', {
  path: '@oven/bun-linux-x64/bin/bun',
  tool: { name: `bun-${BUN}`, megabytes: 103, dependencies: { '@oven/bun-linux-x64': BUN } },
  args: [],
});
await checkEdgeFunction();

for (const [name, bundle] of Object.entries(bundlers)) {
  await check(`${name}: a Worker's bundle imports nothing from Node`, async () => {
    const entry = join(folder, 'scripts/runtimes/client-only.mjs');
    assert.deepEqual((await bundle(entry, { conditions: WORKER })).imports, []);
    assert.deepEqual((await bundle(entry, { conditions: EDGE })).imports, []);
    // Without the conditions, Node's entry is bundled; this proves that the checks above can fail.
    assert.match((await bundle(entry, { conditions: [] })).imports.join(' '), /node:/);
  });
  await check(`${name}: a Worker's bundle has at most ${MAX_WORKER_BYTES} bytes`, async () => {
    const bytes = await measureWorkerBundle(name);
    console.log(`${bytes} bytes, minified and compressed`);
    assert.ok(bytes <= MAX_WORKER_BYTES, `${bytes} bytes`);
  });
}

const inWorkerd = await checkWorkerd();
console.log(`${countPassed() + inWorkerd} passed, 0 failed`);

/** Returns a function that runs the script in a separate process, which must exit without help. */
function runMain(binary, args = []) {
  return async ({ baseUrl, closedUrl }, proxy) => {
    const env = {
      ...process.env,
      HTTP_PROXY: proxy,
      http_proxy: proxy,
      ALL_PROXY: proxy,
      NO_PROXY: '',
      no_proxy: '',
      DENO_NO_UPDATE_CHECK: '1',
    };
    return JSON.parse(await run(binary, [...args, main, baseUrl, closedUrl], { env }));
  };
}

/** Runs the script on a runtime if npm has its binary for this machine; otherwise prints a note. */
async function checkBinary(runtime, { path, tool, args }) {
  if (!canFetchNode) return console.log(`# ${runtime} is tested only on Linux x64`);
  const binary = join(cachedTool(tool), path);
  if (!existsSync(binary))
    return console.log(`# ${runtime} was installed without its binary, so it is not tested`);
  const version = (await run(binary, ['--version'])).trim().split('\n')[0];
  await checkScript(`${runtime} ${version}`, runMain(binary, args));
}

async function checkEdgeFunction() {
  const modules = cachedTool({
    name: `edge-runtime-${EDGE_RUNTIME}`,
    megabytes: 4,
    dependencies: { '@edge-runtime/vm': EDGE_RUNTIME },
  });
  const entry = join(folder, 'test/runtimes/script-worker.mjs');
  const { code } = await bundlers.esbuild(entry, { conditions: EDGE, name: 'edgeFunction' });
  const { EdgeVM } = await import(join(modules, '@edge-runtime/vm/dist/index.js'));
  await checkScript(`edge-light VM ${EDGE_RUNTIME}`, async (urls) => {
    const vm = new EdgeVM();
    vm.evaluate(code);
    const url = JSON.stringify(`http://localhost/?${new URLSearchParams(urls)}`);
    const text = await vm.evaluate(
      `edgeFunction.default.fetch(new Request(${url})).then((response) => response.text())`,
    );
    return JSON.parse(text);
  });
}

/** Returns the number of checks in workerd, which miniflare runs on a newer Node. */
async function checkWorkerd() {
  const modules = cachedTool({
    name: `miniflare-${MINIFLARE}`,
    megabytes: 170,
    dependencies: { miniflare: MINIFLARE },
  });
  const script = join(folder, 'scripts/runtimes/workerd.mjs');
  const printed = await run(nodes.at(-1), [script, modules]);
  console.log(printed.trim());
  return Number(/^(\d+) checks in workerd$/m.exec(printed)?.[1]);
}

// Asynchronous, because the emulator runs in this process.
async function run(file, args, options = {}) {
  const { stdout } = await promisify(execFile)(file, args, {
    cwd: folder,
    timeout: 300_000,
    ...options,
  });
  return stdout;
}
