import { execFileSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../node-binary.mjs';

// The vendor's packages, in the tested versions, and `requests`, which modelslab_py imports but does not declare.
const PACKAGES = ['modelslab==0.2', 'modelslab-py==0.2.3', 'modelslab-cli==0.2.2', 'requests'];

/**
 * Installs the vendor's clients into a Python environment in the cache, once, and prints a line.
 *
 * @returns {{ python: string, cli: string } | { missing: string }} their paths, or the reason why they are missing
 */
export function installClients() {
  const folder = join(
    cacheFolder,
    `clients-${PACKAGES.slice(0, -1).join('-').replaceAll('==', '-')}`,
  );
  const bin = join(folder, process.platform === 'win32' ? 'Scripts' : 'bin');
  const paths = { python: join(bin, 'python'), cli: join(bin, 'modelslab') };
  const complete = join(folder, 'complete');
  if (existsSync(complete)) return paths;

  if (!tryRun('python3', ['--version'])) return { missing: 'python3 is not installed' };
  console.log(`Installing ${PACKAGES.join(', ')} into ${folder}: 50 MB, once.`);
  rmSync(folder, { recursive: true, force: true });
  if (!tryRun('python3', ['-m', 'venv', folder])) return { missing: 'python3 does not have venv' };
  if (!tryRun(paths.python, ['-m', 'pip', 'install', '--quiet', ...PACKAGES])) {
    return { missing: 'pip cannot install the packages' };
  }
  writeFileSync(complete, '');
  return paths;
}

function tryRun(command, args) {
  try {
    execFileSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    return true;
  } catch {
    return false;
  }
}
