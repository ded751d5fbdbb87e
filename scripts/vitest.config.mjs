import { defineConfig } from 'vitest/config';
import { common } from './vitest/common.mjs';
import { MAX_WORKERS } from './vitest/projects.mjs';

export default defineConfig({
  test: {
    ...common,
    include: ['test/**/*.test.mjs'],
    testTimeout: 60_000,
    maxWorkers: MAX_WORKERS,
    isolate: false,
    // Node loads the built packages itself, faster than vite transforms them.
    server: { deps: { external: [/\/packages\/[\w-]+\/dist\//] } },
  },
});
