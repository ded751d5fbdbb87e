// The tests in a real n8n, separate from the quick tests: `pnpm test:n8n`.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/n8n/**/*.e2e.mjs'],
    globalSetup: ['test/n8n/global-setup.mjs'],
    // n8n keeps two cores busy.
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 900_000,
  },
});
