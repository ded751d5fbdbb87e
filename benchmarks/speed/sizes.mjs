import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { measureWorkerBundle } from '../../packages/core/scripts/runtimes/bundle.mjs';
import { withoutShell } from '../../scripts/command.mjs';

/** Returns the sizes of the published packages in bytes; null if one is not built. */
export async function measureSizes() {
  const core = pack('core');
  const cli = pack('cli');
  const node = pack('n8n-node');
  return [
    { what: '`@modelslab-reload/core`, packed', bytes: core.size },
    ...(await measureWorker()),
    { what: '`modelslab-reload`, packed', bytes: cli.size },
    {
      what: '`modelslab-reload`, installed; it brings no other package',
      bytes: cli.unpackedSize,
      beside: "2600 KB for zod alone, with the vendor's JS SDK",
    },
    { what: '`n8n-nodes-modelslab-reload`, packed', bytes: node.size },
    {
      what: "the n8n node's bundle",
      bytes: file('n8n-node/dist/nodes/ModelsLabReload/ModelsLabReload.node.js'),
    },
    {
      what: "the Action's bundle",
      bytes: file('github-action/dist/index.js'),
      beside: '1400 to 3300 KB for well-known actions',
    },
  ];
}

async function measureWorker() {
  const rows = [];
  for (const bundler of ['esbuild', 'rolldown']) {
    const isBuilt = existsSync(folder('core/dist'));
    rows.push({
      what: `a Worker's client, minified and compressed, by ${bundler}`,
      bytes: isBuilt ? await measureWorkerBundle(bundler) : null,
      beside: 'goal: at most 24 KiB',
    });
  }
  return rows;
}

function pack(name) {
  const cwd = folder(name);
  if (!existsSync(`${cwd}/dist`)) return { size: null, unpackedSize: null };
  const [program, ...args] = withoutShell([
    'npm',
    'pack',
    '--dry-run',
    '--json',
    '--ignore-scripts',
  ]);
  const { stdout } = spawnSync(program, args, { cwd, encoding: 'utf8' });
  return JSON.parse(stdout)[0];
}

function file(path) {
  return existsSync(folder(path)) ? statSync(folder(path)).size : null;
}

function folder(path) {
  return fileURLToPath(new URL(`../../packages/${path}`, import.meta.url));
}
