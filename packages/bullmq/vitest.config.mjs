import { createProjects, createRun } from '../../scripts/vitest/projects.mjs';

export const { all, quick } = createProjects('bullmq', import.meta.dirname, {
  quick: ['src/**/*.test.ts'],
  // Every point at which a process can crash.
  slow: ['src/**/*.property.test.ts'],
  testTimeout: 120_000,
});

export default createRun('bullmq', all);
