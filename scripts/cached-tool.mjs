import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, npmInstall } from './node-binary.mjs';

/**
 * Installs a tool that only one script needs into a cache outside the repository, once, and prints a line.
 *
 * @param {{ name: string, megabytes: number, dependencies: Record<string, string>, overrides?: object }} tool with
 *   exact versions; `overrides` as in npm's package.json
 * @returns {string} the folder with its packages
 */
export function cachedTool({ name, megabytes, dependencies, overrides }) {
  const folder = join(cacheFolder, name);
  const modules = join(folder, 'node_modules');
  // npm writes it last; without it, the installation was interrupted.
  if (existsSync(join(modules, '.package-lock.json'))) return modules;

  console.log(`Installing ${name} into ${folder}: ${megabytes} MB, once.`);
  const packages = Object.entries(dependencies).map(([tool, version]) => `${tool}@${version}`);
  // Without peer dependencies, because Stryker must use the vitest that the tests import.
  const options = ['--save-exact', '--ignore-scripts', '--legacy-peer-deps'];
  npmInstall(folder, [...options, ...packages], { overrides });
  return modules;
}
