import { createProjects, createRun } from '../../scripts/vitest/projects.mjs';

export const { all, quick } = createProjects('emulator', import.meta.dirname, {
  quick: ['src/**/*.test.ts'],
  // Sockets, processes and random values.
  slow: ['src/{server,bin,readme}.test.ts', 'src/http/*.test.ts', 'src/**/*.property.test.ts'],
  testTimeout: 30_000,
});

export default createRun('emulator', all);
