// Releases the commit that users pin: action.yml, dist/, README.md and LICENSE at its root and nothing else. It changes no
// branch, and no branch contains the built files.
//
//   node scripts/release-tree.mjs tag FOLDER   tags a commit of the files in FOLDER, and pushes the tag vX.Y.Z
//   node scripts/release-tree.mjs move         moves the tag vX to the commit of vX.Y.Z
//
// Two steps, because vX moves only after the release of vX.Y.Z is published. Uses only Node and git, because its job may
// write to the repository.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const packageFolder = fileURLToPath(new URL('..', import.meta.url));
const project = 'modelslab-reload contributors';

/** Where a file of the tree is, and where it comes from. */
const FILES = {
  'action.yml': 'action.yml',
  'dist/index.js': 'dist/index.js',
  'dist/licenses.txt': 'dist/licenses.txt',
  'dist/package.json': 'dist/package.json',
  'README.md': 'README.md',
  LICENSE: '../../LICENSE',
};

/** Copies the files of the tree from the built package to a folder. */
export function copyTree(folder) {
  const missing = Object.values(FILES).filter((from) => !existsSync(join(packageFolder, from)));
  if (missing.length > 0) throw new Error(`Build first: ${missing.join(', ')} is missing.`);
  for (const [path, from] of Object.entries(FILES))
    cpSync(join(packageFolder, from), join(folder, path));
}

/**
 * Pushes the tag of a version, whose commit has the files in `folder`. A second call with the same files and the same
 * source changes nothing.
 *
 * @param {{ version: string, folder: string, repository: string, remote: string }} options `repository` is the work tree
 *   that gets the commit
 * @returns {string} the commit
 */
export function pushRelease({ version, folder, repository, remote }) {
  const [tag] = tagsOf(version);
  const commit = commitTree(repository, folder, tag);
  const released = findTag(repository, remote, tag);
  if (released === commit) return commit;
  if (released !== undefined) {
    throw new Error(
      `${tag} is released already, and a release that users may have pinned never changes.`,
    );
  }
  git(repository, ['push', '--no-verify', remote, `${commit}:refs/tags/${tag}`]);
  return commit;
}

/** Moves the tag of the major version to the commit of a version's tag, which it returns. */
export function moveMajorTag({ version, repository, remote }) {
  const [tag, major] = tagsOf(version);
  const commit = findTag(repository, remote, tag);
  if (commit === undefined) throw new Error(`${tag} is not released.`);
  git(repository, ['fetch', '--quiet', '--no-tags', remote, `refs/tags/${tag}`]);
  git(repository, ['push', '--no-verify', remote, `+${commit}:refs/tags/${major}`]);
  return commit;
}

function tagsOf(version) {
  const [, major] = /^(\d+)\.\d+\.\d+$/.exec(version) ?? [];
  if (!major) throw new Error(`The version ${version} is not a release: it must be three numbers.`);
  return [`v${version}`, `v${major}`];
}

function findTag(repository, remote, tag) {
  const found = git(repository, ['ls-remote', remote, `refs/tags/${tag}`]);
  return found === '' ? undefined : found.split('\t')[0];
}

/** Creates a commit without parents, with a separate index: no file, branch or index of the work tree changes. */
function commitTree(repository, folder, tag) {
  const temporary = mkdtempSync(join(tmpdir(), 'modelslab-reload-release-'));
  const source = git(repository, ['rev-parse', 'HEAD']);
  // The date of the source, so that a second run creates the same commit.
  const date = git(repository, ['show', '--no-patch', '--format=%cI', source]);
  const email = 'noreply@users.noreply.github.com';
  const env = {
    GIT_INDEX_FILE: join(temporary, 'index'),
    ...person('AUTHOR', { email, date }),
    ...person('COMMITTER', { email, date }),
  };
  try {
    for (const path of Object.keys(FILES)) {
      // Without filters, so that exactly the tested files are committed.
      const file = join(resolve(folder), path);
      const blob = git(repository, ['hash-object', '-w', '--no-filters', file]);
      git(repository, ['update-index', '--add', '--cacheinfo', `100644,${blob},${path}`], env);
    }
    const tree = git(repository, ['write-tree'], env);
    const message = `${tag}\n\nBuilt from ${source}.`;
    const unsigned = ['-c', 'commit.gpgSign=false'];
    return git(repository, [...unsigned, 'commit-tree', tree, '-m', message], env);
  } finally {
    rmSync(temporary, { recursive: true });
  }
}

function person(role, { email, date }) {
  return {
    [`GIT_${role}_NAME`]: project,
    [`GIT_${role}_EMAIL`]: email,
    [`GIT_${role}_DATE`]: date,
  };
}

function git(repository, args, env = {}) {
  return execFileSync('git', args, {
    cwd: repository,
    encoding: 'utf8',
    env: { ...process.env, ...env },
  }).trim();
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [step, folder] = process.argv.slice(2);
  const { version } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8'));
  const target = { version, repository: packageFolder, remote: 'origin' };
  if (step === 'tag' && folder !== undefined)
    console.log(`v${version}: ${pushRelease({ ...target, folder })}`);
  else if (step === 'move') console.log(`Moved to ${moveMajorTag(target)}`);
  else throw new Error('Usage: node scripts/release-tree.mjs tag FOLDER | move');
}
