// The tests of the repository and of the examples, in one process.
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { common } from './vitest/common.mjs';
import { MAX_WORKERS } from './vitest/projects.mjs';

export default defineConfig({
  test: {
    ...common,
    root: fileURLToPath(new URL('..', import.meta.url)),
    include: ['scripts/test/**/*.test.mjs', 'examples/*/*.test.mjs'],
    // Some start processes, which takes its time on a busy machine.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: MAX_WORKERS,
    isolate: false,
  },
});
