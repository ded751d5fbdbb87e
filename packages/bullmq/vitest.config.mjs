import { defineConfig } from 'vitest/config';
import { createProjects, MAX_WORKERS } from '../../scripts/vitest/projects.mjs';

export const { all, quick } = createProjects('bullmq', import.meta.dirname, {
  quick: ['src/**/*.test.ts'],
  // Every point at which a process can crash.
  slow: ['src/**/*.property.test.ts'],
  testTimeout: 120_000,
});

export default defineConfig({ test: { projects: all, maxWorkers: MAX_WORKERS } });
