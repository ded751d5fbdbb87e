import { defineConfig } from 'vitest/config';
import { createProjects, MAX_WORKERS } from '../../scripts/vitest/projects.mjs';

export const { all, quick } = createProjects('cli', import.meta.dirname, {
  quick: ['src/**/*.test.ts'],
  // They start processes.
  slow: ['src/completion/completion.test.ts', 'test/**/*.test.ts'],
  // Which takes its time on a busy machine.
  testTimeout: 30_000,
});

export default defineConfig({ test: { projects: all, maxWorkers: MAX_WORKERS } });
