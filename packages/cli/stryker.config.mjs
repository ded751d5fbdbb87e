import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What the tests beside the sources cover; the rest is tested through the built bin. */
const mutate = [
  'command-line',
  'option-types',
  'suggest',
  'errors',
  'known-keys',
  'client',
  'record',
  'signals',
  'commands/emulator',
  'input/api-key',
  'input/model-ids',
  'input/read-input',
  'output/event-lines',
  'output/event-log',
  'output/format',
  'output/progress',
  'output/results',
  'output/status-line',
  'output/summary',
  'output/terminal',
  'output/theme',
];

export default {
  mutate: mutate.map((name) => `src/${name}.ts`),
  testRunner: 'vitest',
  vitest: { configFile: 'vitest.mutants.config.mjs' },
  coverageAnalysis: 'perTest',
  concurrency: 2,
  timeoutMS: 5000,
  // Within the package, the normal tests would find those of the copy that is changed.
  tempDirName: join(tmpdir(), 'modelslab-reload-cli-mutants'),
  // Stryker reads it through TypeScript 5, which is not installed, and the tests do not need it.
  tsconfigFile: 'none.json',
  ignorePatterns: ['tsconfig*.json', 'dist', 'reports'],
  reporters: ['clear-text', 'progress', 'json'],
  jsonReporter: { fileName: 'reports/mutation/mutants.json' },
  clearTextReporter: { allowColor: false, reportTests: false },
  thresholds: { high: 90, low: 85, break: 85 },
};
