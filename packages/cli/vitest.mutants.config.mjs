import { defineConfig } from 'vitest/config';

export default defineConfig({
  // The tests beside the sources. Those in test/ run the bundle, which a mutation does not reach.
  test: { include: ['src/**/*.test.ts'], testTimeout: 30_000 },
});
