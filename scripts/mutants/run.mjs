// Runs mutation tests, which change the source in hundreds of small ways and check whether a test detects each change.
// Run by `test:mutants` of a package; arguments go to Stryker, so that a part can run alone:
//   pnpm --filter @modelslab-reload/core run test:mutants --mutate 'src/transitions/*.ts'
import { spawnSync } from 'node:child_process';
import { realpathSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { cachedTool } from '../cached-tool.mjs';

const version = '9.6.1';
// The package that runs this script.
const packageFolder = process.cwd();
const modules = cachedTool({
  name: `stryker-${version}`,
  megabytes: 65,
  dependencies: {
    '@stryker-mutator/core': version,
    '@stryker-mutator/vitest-runner': version,
  },
});

const vitest = join(modules, 'vitest');
rmSync(vitest, { recursive: true, force: true });
symlinkSync(realpathSync(join(packageFolder, 'node_modules/vitest')), vitest, 'junction');

// On the command line, `--mutate` replaces the list of the config, which leaves the tests out.
const args = process.argv
  .slice(2)
  .map((arg, at, all) => (all[at - 1] === '--mutate' ? `${arg},!**/*.test.ts` : arg));

const stryker = join(modules, '@stryker-mutator/core/bin/stryker.js');
const { status } = spawnSync(process.execPath, [stryker, 'run', 'stryker.config.mjs', ...args], {
  cwd: packageFolder,
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
