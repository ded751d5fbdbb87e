// Runs the scripts of the release workflow in a clone, in the order of its jobs.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PNPM } from '../command.mjs';
import { PUBLISHED } from './contents.mjs';

/**
 * Clones the committed files of `root` into `folder`.
 *
 * @param {{ root: string, folder: string, run: Function, check: Function }} options
 */
export async function cloneWorkflow({ root, folder, run, check }) {
  const clone = join(folder, 'clone');
  const inClone = (command, env) => run(command, { cwd: clone, env });
  const git = (...args) => inClone(['git', ...args]);
  const read = (path) => readFileSync(join(clone, path), 'utf8');
  const manifestOf = (name) => JSON.parse(read(`packages/${name}/package.json`));
  let prepared = 0;

  await run(['git', 'clone', '--quiet', root, clone], { cwd: root });
  await git('config', 'user.name', 'rehearsal');
  await git('config', 'user.email', 'rehearsal@localhost');
  // The first call also installs and builds, and its output can still be piped.
  const printed = await inClone([...PNPM, '-s', 'modelslab-reload', '--version']);
  check(
    'the first call in a fresh clone prints only its result',
    /^\d+\.\d+\.\d+\s*$/.test(printed),
    printed,
  );
  const changed = await run(['git', 'status', '--porcelain'], { cwd: root });
  if (changed !== '') console.log('Note: uncommitted changes are not part of the rehearsal.');
  return { clone, manifestOf, addChangeset, createVersion, build, publish };

  /** Runs the job without permissions; returns the folder that it hands on. */
  async function prepare(kind) {
    prepared += 1;
    const release = join(folder, `${kind}-${prepared}`);
    const script = join(clone, 'scripts/release/prepare.mjs');
    const output = await inClone([process.execPath, script, release]);
    check(`prepared: ${kind}`, output.startsWith(`kind=${kind}\n`), output);
    return release;
  }

  function addChangeset(text) {
    writeFileSync(
      join(clone, '.changeset/next.md'),
      `---\n'@modelslab-reload/core': patch\n---\n\n${text}\n`,
    );
  }

  /** Merges the pull request of the workflow; returns the version. */
  async function createVersion() {
    await git('add', '--all');
    await git('commit', '--quiet', '--allow-empty', '--message', 'Changes');
    const patch = join(await prepare('version'), 'version.patch');
    // The next job has a checkout of its own.
    await git('reset', '--hard', '--quiet');
    await git('apply', '--index', patch);
    await git('commit', '--quiet', '--message', 'Release');
    const names = [...PUBLISHED, 'github-action'];
    const versions = [...new Set(names.map((name) => manifestOf(name).version))];
    check(`one version for all: ${versions.join(', ')}`, versions.length === 1);
    const changelogs = names.filter(
      (name) => !read(`packages/${name}/CHANGELOG.md`).includes(`## ${versions[0]}\n`),
    );
    check('each has a changelog for it', changelogs.length === 0, changelogs);
    const left = readdirSync(join(clone, '.changeset')).filter((file) => file.endsWith('.md'));
    check('every changeset is used up', left.length === 0, left);
    return versions[0];
  }

  /** Builds and packs; returns the folder that the job hands on. */
  async function build() {
    await inClone([...PNPM, 'run', 'build']);
    return prepare('publish');
  }

  function publish(release, env) {
    return inClone([process.execPath, join(clone, 'scripts/release/publish.mjs'), release], env);
  }
}
