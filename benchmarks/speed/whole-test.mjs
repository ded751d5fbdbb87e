import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { PNPM, withoutShell } from '../../scripts/command.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Times the workspace's test command: without a cache, then with everything cached. */
export function timeWholeTest() {
  return [
    { what: '`pnpm test`, installed, nothing cached', goal: 60, seconds: time('--force') },
    { what: '`pnpm test`, nothing changed', goal: 5, seconds: time() },
  ];
}

function time(...args) {
  const start = performance.now();
  const [file, ...rest] = withoutShell([...PNPM, 'run', 'test', ...args]);
  // stdout is for the results of the benchmark.
  const { status } = spawnSync(file, rest, { cwd: root, stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error('pnpm test failed.');
  return (performance.now() - start) / 1000;
}
