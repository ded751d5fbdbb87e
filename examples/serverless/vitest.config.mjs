import { defineConfig } from 'vitest/config';
import { common } from '../../scripts/vitest/common.mjs';
import { MAX_WORKERS } from '../../scripts/vitest/projects.mjs';

// The programs run on a virtual clock. Node loads the built packages itself, faster than vite transforms them.
export default defineConfig({
  test: {
    ...common,
    maxWorkers: MAX_WORKERS,
    isolate: false,
    server: { deps: { external: [/\/packages\/[\w-]+\/dist\//] } },
  },
});
