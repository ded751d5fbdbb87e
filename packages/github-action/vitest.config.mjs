import { configDefaults, defineConfig } from 'vitest/config';
import { findNode24 } from './scripts/node-24.mjs';

const node = findNode24();
const canInterrupt = process.platform !== 'win32';
if (node === null) {
  console.log(
    'No Node of 24 or newer is at hand: the tests that run the bundle are left out. `pnpm test:action` fetches one and runs them.',
  );
} else if (!canInterrupt) {
  console.log(
    'No process of another can be interrupted here: the tests of cancelling are left out.',
  );
}

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', ...(node ? ['test/**/*.test.ts'] : [])],
    exclude: [...configDefaults.exclude, ...(canInterrupt ? [] : ['test/cancellation.test.ts'])],
    env: { NODE_24: node ?? '' },
    testTimeout: 30_000,
  },
});
