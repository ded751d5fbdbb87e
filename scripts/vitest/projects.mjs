// Distributes the tests of a package over processes, for its own vitest config and for `pnpm test:quick`.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { configDefaults } from 'vitest/config';
import { common } from './common.mjs';

/**
 * Workers of a package whose tests do not wait. Turbo tests two packages at the same time, so half of the cores keep all of
 * them busy, and more processes would only import everything again.
 */
export const MAX_WORKERS = '50%';

/**
 * Returns the config of one run of vitest. Files that vite has transformed are kept for the next run; each run has its own
 * folder for them, because it empties the folder when the lockfile has changed.
 *
 * @param name of the folder
 */
export function createRun(name, projects, maxWorkers = MAX_WORKERS) {
  const fsModuleCachePath = fileURLToPath(
    new URL(`../../node_modules/.vitest/${name}`, import.meta.url),
  );
  return {
    test: { projects, maxWorkers, experimental: { fsModuleCache: true, fsModuleCachePath } },
  };
}

/** A file with one of these has its own process: it replaces a module, or looks at everything in the process. */
const NEEDS_OWN_PROCESS = /vi\.mock\(|listWhatKeepsAlive\(/;

/**
 * Returns the projects of a package: `all`, and those of `pnpm test:quick`. Files share a process, because starting one
 * for each file and importing everything again takes longer than most tests.
 *
 * @param name of the package's folder
 * @param root of the package
 * @param tests globs of the quick tests and of the slow ones, vite's `resolve`, and vitest's options of all
 */
export function createProjects(name, root, { quick, slow, resolve, ...test }) {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => /^(?:src|test)\/.*\.test\.m?ts$/.test(file));
  const isAlone = (file) => NEEDS_OWN_PROCESS.test(readFileSync(join(root, file), 'utf8'));
  const alone = files.filter(isAlone);
  const shared = files.filter((file) => !isAlone(file));

  const createPair = (include, exclude) => {
    const options = {
      ...common,
      ...test,
      root,
      include,
      pool: 'forks',
      env: { ...common.env, ...test.env },
      setupFiles: [...common.setupFiles, ...(test.setupFiles ?? [])],
    };
    const excluded = [...configDefaults.exclude, ...(test.exclude ?? []), ...exclude];
    const together = { ...options, name, isolate: false, exclude: [...excluded, ...alone] };
    const apart = { ...options, name: `${name} (alone)`, exclude: [...excluded, ...shared] };
    return [{ resolve, test: together }, ...(alone.length > 0 ? [{ resolve, test: apart }] : [])];
  };
  return { all: createPair([...quick, ...slow], []), quick: createPair(quick, slow) };
}
