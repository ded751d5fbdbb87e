import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runEmulated } from './emulated.ts';

const script = new URL('../scripts/release-tree.mjs', import.meta.url).href;
const folder = mkdtempSync(join(tmpdir(), 'modelslab-reload-release-test-'));
const remote = join(folder, 'remote.git');
const repository = join(folder, 'work');
const built = join(folder, 'built');

function git(cwd: string, ...args: string[]): string {
  return execFileSync('git', args, {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim();
}

/** Runs a function of the script in a separate process, as a release does; `released` is what it returns. */
function run(name: 'copyTree' | 'pushRelease' | 'moveMajorTag', options: unknown) {
  const call = `${name}(${JSON.stringify(options)})`;
  const code = `import { ${name} } from '${script}'; process.stdout.write(${call} ?? '');`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
    encoding: 'utf8',
  });
  return { released: stdout === '' ? null : stdout, stderr };
}

const push = (version: string) =>
  run('pushRelease', { version, folder: built, repository, remote });
const move = (version: string) => run('moveMajorTag', { version, repository, remote });

function release(version: string) {
  const { released } = push(version);
  expect(move(version).released).toBe(released);
  return released;
}

const commitOf = (tag: string) => git(remote, 'rev-parse', `refs/tags/${tag}`);

beforeAll(() => {
  mkdirSync(repository);
  git(folder, 'init', '--bare', '--quiet', remote);
  git(repository, 'init', '--quiet', '--initial-branch', 'main');
  writeFileSync(join(repository, 'source.ts'), 'export {};\n');
  git(repository, 'add', '.');
  const identity = ['-c', 'user.name=a', '-c', 'user.email=a@example.com'];
  git(
    repository,
    ...identity,
    '-c',
    'core.hooksPath=/dev/null',
    'commit',
    '--quiet',
    '-m',
    'Source',
  );
  run('copyTree', built);
  git(repository, 'push', '--quiet', remote, 'main');
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('a release', () => {
  test('is a commit with only the action at its root, under both tags', () => {
    const released = release('0.1.0');
    expect(released).toMatch(/^[0-9a-f]{40}$/);
    expect(commitOf('v0.1.0')).toBe(released);
    expect(commitOf('v0')).toBe(released);
    expect(git(remote, 'ls-tree', '-r', '--name-only', 'v0.1.0').split('\n').toSorted()).toEqual([
      'LICENSE',
      'README.md',
      'action.yml',
      'dist/index.js',
      'dist/licenses.txt',
      'dist/package.json',
    ]);
    expect(git(remote, 'log', '--format=%an%n%B', 'v0.1.0')).toBe(
      `modelslab-reload contributors\nv0.1.0\n\nBuilt from ${git(repository, 'rev-parse', 'HEAD')}.`,
    );
  });

  test('contains exactly the bytes that were built', () => {
    const bundle = readFileSync(new URL('../dist/index.js', import.meta.url), 'utf8').trim();
    expect(git(remote, 'show', 'v0.1.0:dist/index.js')).toBe(bundle);
  });

  test('does not change main or the work tree', () => {
    expect(git(remote, 'ls-tree', '-r', '--name-only', 'main')).toBe('source.ts');
    expect(git(remote, 'branch', '--format', '%(refname:short)')).toBe('main');
    expect(git(repository, 'status', '--porcelain')).toBe('');
  });

  test('leaves the tag of the major version where it is until it is moved', () => {
    const first = commitOf('v0.1.0');
    const next = push('0.1.1').released;
    expect(commitOf('v0.1.1')).toBe(next);
    expect(commitOf('v0')).toBe(first);
    expect(move('0.1.1').released).toBe(next);
    expect(commitOf('v0')).toBe(next);
    expect(commitOf('v0.1.0')).toBe(first);
  });

  test('changes nothing when the same files are released again', () => {
    const before = git(remote, 'for-each-ref');
    expect(push('0.1.1').released).toBe(commitOf('v0.1.1'));
    expect(git(remote, 'for-each-ref')).toBe(before);
  });

  test('never changes: other files with its version are rejected', () => {
    const before = git(remote, 'for-each-ref');
    const other = join(folder, 'other');
    cpSync(built, other, { recursive: true });
    writeFileSync(join(other, 'action.yml'), 'name: other\n');
    const again = run('pushRelease', { version: '0.1.1', folder: other, repository, remote });
    expect(again.released).toBeNull();
    expect(again.stderr).toContain('v0.1.1 is released already');
    expect(git(remote, 'for-each-ref')).toBe(before);
  });

  test('must exist before the tag of the major version moves to it', () => {
    const { released, stderr } = move('0.1.2');
    expect(released).toBeNull();
    expect(stderr).toContain('v0.1.2 is not released');
  });

  test('is rejected for a version that is not a release', () => {
    const { released, stderr } = push('1.0.0-next.1');
    expect(released).toBeNull();
    expect(stderr).toContain('The version 1.0.0-next.1 is not a release');
  });

  test('runs from a checkout of its tag', async () => {
    const checkout = join(folder, 'checkout');
    git(
      folder,
      'clone',
      '--quiet',
      '--branch',
      'v0',
      '--depth',
      '1',
      pathToFileURL(remote).href,
      checkout,
    );
    const result = await runEmulated({ inputs: { 'model-ids': 'a' }, actionFolder: checkout });
    expect(result.outputs['status']).toBe('success');
  });
});

test('the script rejects an unknown step with its usage', () => {
  const { stderr, status } = spawnSync(process.execPath, [fileURLToPath(script), '--no-such'], {
    encoding: 'utf8',
  });
  expect(status).toBe(1);
  expect(stderr).toContain('Usage: node scripts/release-tree.mjs');
});
