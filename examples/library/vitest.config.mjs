import { defineConfig } from 'vitest/config';
import { common } from '../../scripts/vitest/common.mjs';

// Each program is a separate process, which starts slowly on a busy machine.
export default defineConfig({ test: { ...common, testTimeout: 30_000, hookTimeout: 30_000 } });
