import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What decides: the account, polling, the operations, the reading of replies and the redaction. */
const FILES = [
  'src/account/*.ts',
  'src/operations/*.ts',
  'src/polling/*.ts',
  'src/protocol/*.ts',
  'src/transport/errors.ts',
  'src/redaction/*.ts',
];

export default {
  mutate: [...FILES, '!src/**/*.test.ts'],
  testRunner: 'vitest',
  vitest: { configFile: 'vitest.mutants.config.mjs' },
  coverageAnalysis: 'perTest',
  concurrency: 2,
  timeoutMS: 5000,
  // Within the package, the normal tests would find those of the copy that is changed.
  tempDirName: join(tmpdir(), 'modelslab-reload-mutants'),
  // Stryker reads it by way of TypeScript 5, which is not here, and the tests need none.
  tsconfigFile: 'none.json',
  ignorePatterns: ['tsconfig*.json', 'dist', 'reports'],
  reporters: ['clear-text', 'progress', 'html', 'json'],
  htmlReporter: { fileName: 'reports/mutation/index.html' },
  jsonReporter: { fileName: 'reports/mutation/mutants.json' },
  clearTextReporter: { allowColor: false, reportTests: false },
  thresholds: { high: 95, low: 90, break: 90 },
};
