// Prepares a release in a folder, in a job without permissions; the jobs that have them only pass the folder on:
//
//   node scripts/release/prepare.mjs FOLDER
//
// With changesets, it writes `version.patch`, which is the pull request of the release. Without them, and if the version
// has no tag yet, it packs the built packages, and copies the files of the Action and the changes of this version. It
// writes what it did to GITHUB_OUTPUT as `kind` (`version`, `publish` or `none`) and `version`.
import { appendFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { copyTree } from '../../packages/github-action/scripts/release-tree.mjs';
import { PNPM, run } from '../command.mjs';
import { PUBLISHED } from './contents.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = resolve(process.argv[2] ?? 'release');

mkdirSync(folder, { recursive: true });
const kind = await prepare();
const { version } = manifestOf('core');
const output = `kind=${kind}\nversion=${version}\n`;
if (process.env.GITHUB_OUTPUT) appendFileSync(process.env.GITHUB_OUTPUT, output);
process.stdout.write(output);

async function prepare() {
  if (readdirSync(join(root, '.changeset')).some((file) => file.endsWith('.md'))) {
    await run([...PNPM, 'exec', 'changeset', 'version'], { cwd: root });
    await run([process.execPath, 'scripts/release/write-version.mjs'], { cwd: root });
    await run([...PNPM, 'install', '--lockfile-only'], { cwd: root });
    await git('add', '--all');
    writeFileSync(join(folder, 'version.patch'), await git('diff', '--cached', '--binary'));
    return 'version';
  }
  if (await git('ls-remote', 'origin', `refs/tags/v${manifestOf('core').version}`)) return 'none';
  for (const name of PUBLISHED)
    await run([...PNPM, 'pack', '--pack-destination', folder], {
      cwd: join(root, 'packages', name),
    });
  copyTree(join(folder, 'action'));
  writeFileSync(join(folder, 'notes.md'), collectNotes());
  return 'publish';
}

/** Returns the changes of this version by package, as in the changelogs. */
function collectNotes() {
  return [...PUBLISHED, 'github-action']
    .map((name) => {
      const changelog = readFileSync(join(root, 'packages', name, 'CHANGELOG.md'), 'utf8');
      const [, changes = ''] = changelog.split(/^## .*$/m);
      return `## ${manifestOf(name).name}\n\n${changes.trim()}\n`;
    })
    .join('\n');
}

function git(...args) {
  return run(['git', ...args], { cwd: root });
}

function manifestOf(name) {
  return JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8'));
}
