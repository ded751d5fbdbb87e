import { defineConfig } from 'vitest/config';
import { createProjects } from '../../scripts/vitest/projects.mjs';
import { findNode24 } from './scripts/node-24.mjs';

const node = findNode24();
const canInterrupt = process.platform !== 'win32';
if (node === null) {
  console.log(
    'No Node of 24 or newer is at hand: the tests that run the bundle are left out. `pnpm test:action` fetches one and runs them.',
  );
} else if (!canInterrupt) {
  console.log(
    'No process of another can be interrupted here: the tests of cancelling are left out.',
  );
}

export const projects = createProjects('github-action', import.meta.dirname, {
  quick: ['src/**/*.test.ts'],
  // Sockets, the bundle and random values.
  slow: [
    'src/transport/*.test.ts',
    'src/**/*.property.test.ts',
    ...(node ? ['test/**/*.test.ts'] : []),
  ],
  exclude: canInterrupt ? [] : ['test/cancellation.test.ts'],
  env: { NODE_24: node ?? '' },
  testTimeout: 30_000,
});

// Most of the time is that of other processes, and of waiting for them.
export default defineConfig({ test: { projects, maxWorkers: '100%' } });
