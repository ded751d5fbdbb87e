import { createRequire } from 'node:module';
import { defineConfig } from 'vitest/config';

const { resolve } = createRequire(import.meta.url);

export default defineConfig({
  resolve: { alias: { 'n8n-workflow': resolve('n8n-workflow') } },
  // Tests of the built files (`.mts`) are excluded, because a mutation does not reach them.
  test: {
    include: ['test/*.test.ts'],
    setupFiles: ['test/virtual-time.ts'],
    // Importing n8n-workflow takes longer than the tests.
    isolate: false,
    testTimeout: 30_000,
  },
});
