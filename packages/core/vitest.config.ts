import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // The faults are mostly silence, so that other tests have the time for it.
    maxWorkers: '100%',
    // The properties take theirs on a busy machine.
    testTimeout: 30_000,
  },
});
