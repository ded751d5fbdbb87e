// What all tests have in common, imported by every vitest config.
import { fileURLToPath } from 'node:url';

// The settings of a developer's shell must not change what a test sees.
const SETTINGS = /^(?:MODELSLAB_\w+|NO_COLOR|FORCE_COLOR|BASH_ENV|(?:https?|all|no)_proxy)$/i;
for (const name of Object.keys(process.env)) if (SETTINGS.test(name)) delete process.env[name];

/** In CI, and when documents are written, properties have all of their runs and scenarios all of their models. */
const isFull =
  !['', 'false', undefined].includes(process.env.CI) ||
  process.argv.some((arg) => arg === '-u' || arg === '--update');

// CI optimizes as programs do.
if (!isFull) await import('./late-optimization.mjs');
const setup = [...(isFull ? [] : ['late-optimization.mjs']), 'seeded-random.mjs'];

/** Options of all tests: their effort, and the same random numbers in each run. */
export const common = {
  env: { TEST_EFFORT: isFull ? 'full' : 'quick' },
  setupFiles: setup.map((file) => fileURLToPath(new URL(file, import.meta.url))),
  // Node loads the built packages itself, faster than vite transforms them.
  server: { deps: { external: [/\/packages\/[\w-]+\/dist\//] } },
};
