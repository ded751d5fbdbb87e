import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { createProjects, createRun } from '../../scripts/vitest/projects.mjs';

const { resolve } = createRequire(import.meta.url);

export const { all, quick } = createProjects('n8n-node', import.meta.dirname, {
  // They are not next to the sources, because n8n loads every file in a node's folder.
  quick: ['test/*.test.ts'],
  // The built files and n8n's linter.
  slow: ['test/*.test.mts'],
  setupFiles: [fileURLToPath(new URL('test/virtual-time.ts', import.meta.url))],
  testTimeout: 30_000,
  // The CommonJS build, as n8n loads it. The other one has no `"type": "module"`, so vite would transform all of its
  // files.
  resolve: { alias: { 'n8n-workflow': resolve('n8n-workflow') } },
});

export default createRun('n8n-node', all);
