import { defineConfig } from 'vitest/config';
import { common } from '../../scripts/vitest/common.mjs';
import { MAX_WORKERS } from '../../scripts/vitest/projects.mjs';

export default defineConfig({
  test: {
    ...common,
    // Some programs are separate processes, which start slowly on a busy machine.
    testTimeout: 30_000,
    hookTimeout: 30_000,
    maxWorkers: MAX_WORKERS,
    isolate: false,
    // Node loads the built packages itself, faster than vite transforms them.
    server: { deps: { external: [/\/packages\/[\w-]+\/dist\//] } },
  },
});
