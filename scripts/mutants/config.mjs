import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Returns Stryker's config of a package. Its `vitest.mutants.config.mjs` selects the tests that import the sources,
 * because a mutation does not reach a bundle.
 *
 * @param name of the package's folder
 * @param mutate globs of the sources
 * @param minScore percentage of the mutants that tests must detect
 */
export function createStrykerConfig({ name, mutate, minScore }) {
  return {
    mutate: [...mutate, '!**/*.test.ts'],
    testRunner: 'vitest',
    vitest: { configFile: 'vitest.mutants.config.mjs' },
    coverageAnalysis: 'perTest',
    concurrency: 2,
    timeoutMS: 5000,
    // Inside the package, normal test runs would also find the tests of Stryker's copy.
    tempDirName: join(tmpdir(), `modelslab-reload-mutants-${name}`),
    // Stryker would read it with TypeScript 5, which is not always installed, and the tests do not need it.
    tsconfigFile: 'none.json',
    ignorePatterns: ['tsconfig*.json', 'dist', 'reports'],
    reporters: ['clear-text', 'progress', 'html', 'json'],
    htmlReporter: { fileName: 'reports/mutation/index.html' },
    jsonReporter: { fileName: 'reports/mutation/mutants.json' },
    clearTextReporter: { allowColor: false, reportTests: false },
    thresholds: { high: minScore + 5, low: minScore, break: minScore },
  };
}
