import { defineConfig } from 'vitest/config';
import { createProjects, MAX_WORKERS } from '../../scripts/vitest/projects.mjs';
import { findNode24 } from './scripts/node-24.mjs';

const node = findNode24();
if (node === null) {
  console.log(
    'Node 24 or newer is not installed, so the tests that run the bundle are skipped. `pnpm test:action` downloads it and runs them.',
  );
}

export const { all, quick } = createProjects('github-action', import.meta.dirname, {
  quick: ['src/**/*.test.ts'],
  // Sockets, the bundle and random values.
  slow: ['src/**/*.property.test.ts', ...(node ? ['test/**/*.test.ts'] : [])],
  env: { NODE_24: node ?? '' },
  testTimeout: 30_000,
});

export default defineConfig({ test: { projects: all, maxWorkers: MAX_WORKERS } });
