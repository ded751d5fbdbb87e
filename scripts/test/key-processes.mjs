// Runs the built command line and the bundled Action as users do: each in a process of its own.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import { findNode24 } from '../../packages/github-action/scripts/node-24.mjs';
import { root } from './repository.mjs';

const PRELOAD = join(root, 'scripts/test/failing-sockets.cjs');
const BIN = join(root, 'packages/cli/dist/bin.js');
const BUNDLE = join(root, 'packages/github-action/dist/index.js');
const node = findNode24() ?? process.execPath;

/** Runs the command line; each connection fails with the next of `failures`, if there are any. */
export function cli(args, env, failures) {
  return run(process.execPath, [BIN, ...args], env, failures);
}

/** Runs the Action with the variables that the runner sets. */
export function action(env, failures) {
  return run(node, [BUNDLE], env, failures);
}

async function run(command, args, env, failures) {
  const { PATH, SystemRoot } = process.env;
  const failing = failures && {
    NODE_OPTIONS: `--require ${JSON.stringify(PRELOAD)}`,
    FAILING_TEXTS: JSON.stringify(failures),
  };
  const child = spawn(command, args, {
    env: { PATH, SystemRoot, NO_PROXY: '127.0.0.1', ...failing, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 30_000,
  });
  const [stdout, stderr] = await Promise.all([
    readAll(child.stdout),
    readAll(child.stderr),
    once(child, 'close'),
  ]);
  return { stdout, stderr };
}
