import { defineConfig } from 'vitest/config';
import { common } from '../../scripts/vitest/common.mjs';

// The programs run on a virtual clock.
export default defineConfig({ test: { ...common } });
