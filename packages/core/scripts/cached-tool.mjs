import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Installs a tool that only one script needs into a cache outside the repository, once, and says so.
 *
 * @param {{ name: string, megabytes: number, dependencies: Record<string, string> }} tool its versions exact
 * @returns {string} the folder that holds its packages
 */
export function cachedTool({ name, megabytes, dependencies }) {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  const folder = join(cache, 'modelslab-reload', name);
  const modules = join(folder, 'node_modules');
  // Written last by npm: without it the installation was cut short.
  if (existsSync(join(modules, '.package-lock.json'))) return modules;

  console.log(`Installing ${name} into ${folder}: ${megabytes} MB, once.`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies }));
  // Not the peers: Stryker has to use the vitest that the tests import.
  const flags = ['--silent', '--no-audit', '--no-fund', '--ignore-scripts', '--legacy-peer-deps'];
  execFileSync('npm', ['install', ...flags], {
    cwd: folder,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  return modules;
}
