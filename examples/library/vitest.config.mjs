import { defineConfig } from 'vitest/config';

// Each program is a separate process, which starts slowly on a busy machine.
export default defineConfig({ test: { testTimeout: 30_000, hookTimeout: 30_000 } });
