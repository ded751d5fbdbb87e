// Packs the packages, installs them with npm into an empty project, type-checks and runs them on every supported Node.
// Build first.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { listTarball, PNPM, run, withoutShell } from './command.mjs';
import { checkContents, checkManifest, PUBLISHED } from './release/contents.mjs';
import { canFetchNode, fetchNode } from './node-binary.mjs';

/** Packages that programs import. */
const IMPORTED = new Set(['core', 'emulator', 'bullmq']);
const NODES = ['20.19.0', '22.23.3', '24.19.0'];
const root = fileURLToPath(new URL('..', import.meta.url));
const attw = join(root, 'node_modules/@arethetypeswrong/cli/dist/index.js');
const folder = mkdtempSync(join(tmpdir(), 'packages-'));
let checks = 0;

try {
  const tarballs = [];
  for (const name of PUBLISHED) tarballs.push(await pack(name));
  const { start } = await import(pathToFileURL(join(root, 'packages/emulator/dist/index.js')));
  const emulator = await start({ port: 0, loadTimeMs: 300, loaded: ['a'], models: ['a', 'b'] });
  const binaries = canFetchNode ? NODES.map((version) => fetchNode(version)) : [process.execPath];
  try {
    for (const node of binaries) await useOn(node, tarballs, emulator.url);
  } finally {
    await emulator.close();
  }
  console.log(`${checks} passed, 0 failed`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Packs a package and checks its contents; returns the path of the tarball. */
async function pack(name) {
  const cwd = join(root, 'packages', name);
  const { filename } = JSON.parse(
    await run([...PNPM, 'pack', '--json', '--pack-destination', folder], { cwd }),
  );
  const tarball = basename(filename);
  const listing = await listTarball(folder, tarball);
  const files = listing.map((path) => path.replace(/^package\//, ''));
  const manifest = JSON.parse(
    await run(['tar', '-xzOf', tarball, 'package/package.json'], { cwd: folder }),
  );
  const faults = [...checkContents(name, files), ...checkManifest(manifest)];
  check(`${name}: contains only the intended files`, faults.length === 0, faults.join(', '));
  if (IMPORTED.has(name)) {
    await run([process.execPath, attw, filename, '--profile', 'esm-only', '--quiet']);
    check(`${name}: its types are found by every kind of import`, true, '');
  }
  return filename;
}

async function useOn(node, tarballs, url) {
  const version = (await run([node, '--version'])).trim();
  const project = join(folder, version);
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), '{ "private": true, "type": "module" }\n');
  const npm = await findNpm();
  // The n8n node is a plugin, which only n8n installs.
  const used = tarballs.slice(0, 3);
  await run([node, npm, 'install', '--no-audit', '--no-fund', '--loglevel=error', ...used], {
    cwd: project,
  });

  const bin = join(project, 'node_modules/modelslab-reload/dist/bin.js');
  const env = {
    MODELSLAB_API_KEY: 'demo-key',
    MODELSLAB_BASE_URL: url,
    NO_PROXY: '127.0.0.1',
    no_proxy: '127.0.0.1',
  };
  const outcomes = JSON.parse(
    await run([node, bin, 'a', '--output', 'json'], { env, cwd: project }),
  );
  check(`${version}: the command`, outcomes[0].status === 'success', JSON.stringify(outcomes));

  check(`${version}: the emulator`, (await runEmulator(node, project)) === 405, '');

  for (const file of readdirSync(join(root, 'examples/library')).filter((name) =>
    /^(?:one|many|own)-.*\.mjs$/.test(name),
  )) {
    cpSync(join(root, 'examples/library', file), join(project, file));
    const printed = await run([node, file, 'a'], {
      cwd: project,
      env: { ...env, POLL_INTERVAL_MS: '200' },
    });
    check(`${version}: ${file}`, printed.includes('success'), printed);
  }

  const typescript = createRequire(import.meta.url).resolve('typescript/package.json');
  cpSync(join(root, 'scripts/release/strict-consumer.ts'), join(project, 'consumer.ts'));
  writeFileSync(
    join(project, 'tsconfig.json'),
    JSON.stringify({
      compilerOptions: {
        module: 'nodenext',
        target: 'es2022',
        lib: ['es2022', 'dom'],
        strict: true,
        exactOptionalPropertyTypes: true,
        noEmit: true,
        types: [],
      },
      files: ['consumer.ts'],
    }),
  );
  const tsc = join(dirname(typescript), 'bin/tsc');
  check(`${version}: the types`, (await run([process.execPath, tsc, '-p', project])) === '', '');
}

/** Starts the emulator's command, and returns the status of its reply to a GET. */
async function runEmulator(node, project) {
  const bin = join(project, 'node_modules/@modelslab-reload/emulator/bin/modelslab-emulator.js');
  const child = spawn(node, [bin, '--port', '0'], { stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    const [url] = await once(child.stdout, 'data');
    const { status } = await fetch(`${String(url).trim()}/api/v6/images/model_reload`);
    return status;
  } finally {
    child.kill();
  }
}

/** Returns the path of npm's program, which each version of Node can run. */
async function findNpm() {
  const [, program] = withoutShell(['npm']);
  return program ?? join((await run(['npm', 'root', '--global'])).trim(), 'npm/bin/npm-cli.js');
}

function check(what, holds, seen) {
  if (!holds) throw new Error(`${what}: ${seen}`);
  checks++;
  console.log(`ok ${what}`);
}
