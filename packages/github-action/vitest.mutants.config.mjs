import { defineConfig } from 'vitest/config';

export default defineConfig({
  // The tests next to the sources. Those in test/ run the bundle, which a mutation does not reach.
  test: { include: ['src/**/*.test.ts'], testTimeout: 30_000 },
});
