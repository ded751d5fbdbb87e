import { defineConfig } from 'vitest/config';
import { createProjects } from '../../scripts/vitest/projects.mjs';

export const projects = createProjects('cli', import.meta.dirname, {
  quick: ['src/**/*.test.ts'],
  // They start processes.
  slow: ['src/completion/completion.test.ts', 'test/**/*.test.ts'],
  // Which takes its time on a busy machine.
  testTimeout: 30_000,
});

// Most of the time is spent in other processes and waiting for them.
export default defineConfig({ test: { projects, maxWorkers: '100%' } });
