import { createProjects, createRun } from '../../scripts/vitest/projects.mjs';

export const { all, quick } = createProjects('core', import.meta.dirname, {
  quick: ['src/**/*.test.ts'],
  // Sockets, random values, and the larger proofs.
  slow: [
    'src/**/*.property.test.ts',
    'src/engine.test.ts',
    'src/transport/{undici,contract,tunnel}.test.ts',
    'test/**/*.test.ts',
  ],
  // The properties take theirs on a busy machine.
  testTimeout: 120_000,
});

export default createRun('core', all);
