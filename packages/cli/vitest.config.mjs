import { defineConfig } from 'vitest/config';
import { createProjects } from '../../scripts/vitest/projects.mjs';

export const { all, quick } = createProjects('cli', import.meta.dirname, {
  quick: ['src/**/*.test.ts'],
  // They start processes.
  slow: ['src/completion/completion.test.ts', 'test/**/*.test.ts'],
  // Which takes its time on a busy machine.
  testTimeout: 30_000,
  // Node loads the built packages itself, faster than vite transforms them.
  server: { deps: { external: [/\/packages\/[\w-]+\/dist\//] } },
});

// Some tests wait for other processes, so that other tests have the time for it.
export default defineConfig({ test: { projects: all, maxWorkers: '100%' } });
