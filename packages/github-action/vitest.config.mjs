import { common } from '../../scripts/vitest/common.mjs';
import { createProjects, createRun } from '../../scripts/vitest/projects.mjs';
import { findNode24 } from './scripts/node-24.mjs';

const isWanted = process.env.TEST_BUNDLE === '1' || common.env.TEST_EFFORT === 'full';
const node = isWanted ? findNode24() : null;
if (node === null) console.log('`pnpm test:action` runs the bundle, on Node 24.');

export const { all, quick } = createProjects('github-action', import.meta.dirname, {
  quick: ['src/**/*.test.ts'],
  // Sockets, the bundle and random values.
  slow: ['src/**/*.property.test.ts', ...(node ? ['test/**/*.test.ts'] : [])],
  env: { NODE_24: node ?? '' },
  testTimeout: 30_000,
});

export default createRun('github-action', all);
