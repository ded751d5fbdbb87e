// Creates the commit that users pin, from the built package: action.yml, dist/, README.md and LICENSE at the root and
// nothing else. Tags it with the version, moves the tag of the major version to it, and pushes both tags. It changes no
// branch, and no branch contains the built files.
//
//   node scripts/release-tree.mjs [--remote origin] [--dry-run]
//
// --dry-run creates the commit and prints it, but does not tag or push.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

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

/**
 * @param {{ version: string, repository: string, remote?: string | null }} options `repository` is
 *   the work tree that
 *   gets the commit; without a `remote` nothing is tagged or pushed
 * @returns {{ commit: string, tags: string[] }}
 */
export function releaseTree({ version, repository, remote = null }) {
  const [, major] = /^(\d+)\.\d+\.\d+$/.exec(version) ?? [];
  if (!major) throw new Error(`The version ${version} is not a release: it must be three numbers.`);
  const missing = Object.values(FILES).filter((from) => !existsSync(join(packageFolder, from)));
  if (missing.length > 0) throw new Error(`Build first: ${missing.join(', ')} is missing.`);

  const tags = [`v${version}`, `v${major}`];
  if (remote !== null && git(repository, ['ls-remote', remote, `refs/tags/${tags[0]}`]) !== '') {
    throw new Error(
      `${tags[0]} is released already, and a release that users may have pinned never changes.`,
    );
  }

  const commit = commitTree(repository, tags[0]);
  if (remote !== null) {
    const [exact, moving] = tags.map((tag) => `${commit}:refs/tags/${tag}`);
    git(repository, ['push', '--no-verify', '--atomic', remote, exact, `+${moving}`]);
  }
  return { commit, tags };
}

/** Creates a commit without parents, with a separate index: no file, branch or index of the work tree changes. */
function commitTree(repository, tag) {
  const folder = mkdtempSync(join(tmpdir(), 'modelslab-reload-release-'));
  const env = { GIT_INDEX_FILE: join(folder, 'index') };
  try {
    for (const [path, from] of Object.entries(FILES)) {
      // Without filters, so that exactly the tested files are committed.
      const blob = git(repository, [
        'hash-object',
        '-w',
        '--no-filters',
        join(packageFolder, from),
      ]);
      git(repository, ['update-index', '--add', '--cacheinfo', `100644,${blob},${path}`], env);
    }
    const tree = git(repository, ['write-tree'], env);
    const source = git(repository, ['rev-parse', 'HEAD']);
    const identity = [
      '-c',
      `user.name=${project}`,
      '-c',
      'user.email=noreply@users.noreply.github.com',
    ];
    const message = `${tag}\n\nBuilt from ${source}.`;
    return git(repository, [
      ...identity,
      '-c',
      'commit.gpgSign=false',
      'commit-tree',
      tree,
      '-m',
      message,
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function git(repository, args, env = {}) {
  return execFileSync('git', args, {
    cwd: repository,
    encoding: 'utf8',
    env: { ...process.env, ...env },
  }).trim();
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { values } = parseArgs({
    options: { remote: { type: 'string', default: 'origin' }, 'dry-run': { type: 'boolean' } },
  });
  const { version } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8'));
  const remote = values['dry-run'] ? null : values.remote;
  const { commit, tags } = releaseTree({ version, repository: packageFolder, remote });
  console.log(remote ? `Pushed ${tags.join(' and ')}: ${commit}` : `Not pushed: ${commit}`);
}
