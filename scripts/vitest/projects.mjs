// Distributes the tests of a package over processes, for its own vitest config and for `pnpm test:quick`.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { configDefaults } from 'vitest/config';

/**
 * Returns the projects of a package. The quick tests share a process, because starting one for each file and importing
 * everything again takes several times as long as the tests. A file has its own process if it is slow (so that a free
 * core can run the next one), or if it replaces a module, which works only if nothing has imported the module before.
 *
 * @param name of the package's folder
 * @param root of the package
 * @param tests globs of the quick tests and of the slow ones, vite's `resolve`, and vitest's options of all
 */
export function createProjects(name, root, { quick, slow, resolve, ...test }) {
  const mocking = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => /^(?:src|test)\/.*\.test\.m?ts$/.test(file))
    .filter((file) => readFileSync(join(root, file), 'utf8').includes('vi.mock('));
  const project = (except, own) => ({
    resolve,
    test: {
      ...test,
      ...own,
      root,
      pool: 'forks',
      exclude: [...configDefaults.exclude, ...(test.exclude ?? []), ...except],
    },
  });
  return [
    project([...slow, ...mocking], { name, include: quick, isolate: false }),
    ...(mocking.length > 0 ? [project([], { name: `${name} (mocks)`, include: mocking })] : []),
    ...(slow.length > 0 ? [project(mocking, { name: `${name} (slow)`, include: slow })] : []),
  ];
}

/** Returns whether a project is part of `pnpm test:quick`. */
export const isQuick = ({ test }) => !test.name.endsWith('(slow)');
