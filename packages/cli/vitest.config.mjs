import { createProjects, createRun } from '../../scripts/vitest/projects.mjs';

export const { all, quick } = createProjects('cli', import.meta.dirname, {
  quick: ['src/**/*.test.ts'],
  // They start processes.
  slow: ['src/completion/completion.test.ts', 'test/**/*.test.ts'],
  // Which takes its time on a busy machine.
  testTimeout: 30_000,
});

// Some tests wait for other processes, so that other tests have the time for it.
export default createRun('cli', all, '100%');
