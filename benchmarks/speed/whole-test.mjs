import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The workspace's own test command: everything anew, then with nothing changed. */
export function timeWholeTest() {
  return [
    { what: '`pnpm test`, installed, nothing cached', goal: 60, seconds: time('--force') },
    { what: '`pnpm test`, nothing changed', goal: 5, seconds: time() },
  ];
}

function time(...args) {
  const start = performance.now();
  const { status } = spawnSync('npx', ['-y', 'pnpm@10', 'run', 'test', ...args], {
    cwd: root,
    // What is asked for goes to standard output alone.
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (status !== 0) throw new Error('pnpm test failed.');
  return (performance.now() - start) / 1000;
}
