import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Most tests start a process or several, which takes its time on a busy machine.
  test: { testTimeout: 30_000 },
});
