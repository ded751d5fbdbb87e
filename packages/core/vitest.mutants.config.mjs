import { defineConfig } from 'vitest/config';

// The tests beside the source. What they miss would be found by those in test/ at many times the cost.
export default defineConfig({
  test: {
    isolate: false,
    include: ['src/**/*.test.ts'],
    exclude: [
      'src/**/*.property.test.ts',
      'src/engine.test.ts',
      'src/worker.test.ts',
      'src/transport/undici.test.ts',
      'src/transport/contract.test.ts',
    ],
    // What takes long takes several times as long with all mutations in the source.
    testTimeout: 30_000,
  },
});
