import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runEmulated } from './emulated.ts';

const script = new URL('../scripts/release-tree.mjs', import.meta.url).href;
const folder = mkdtempSync(join(tmpdir(), 'modelslab-reload-release-test-'));
const remote = join(folder, 'remote.git');
const repository = join(folder, 'work');

function git(cwd: string, ...args: string[]): string {
  return execFileSync('git', args, {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim();
}

/** Runs the script's function in a separate process, as a release does. */
function release(version: string, to: string | null = remote) {
  const call = `releaseTree(${JSON.stringify({ version, repository, remote: to })})`;
  const code = `import { releaseTree } from '${script}'; console.log(JSON.stringify(${call}));`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
    encoding: 'utf8',
  });
  const released: { commit: string; tags: string[] } | null = stdout ? JSON.parse(stdout) : null;
  return { released, stderr };
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
  git(repository, 'push', '--quiet', remote, 'main');
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('a release', () => {
  test('is a commit with only the action at its root, under both tags', () => {
    const { released } = release('0.1.0');
    expect(released?.tags).toEqual(['v0.1.0', 'v0']);
    expect(commitOf('v0.1.0')).toBe(released?.commit);
    expect(commitOf('v0')).toBe(released?.commit);
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
    const built = readFileSync(new URL('../dist/index.js', import.meta.url), 'utf8').trim();
    expect(git(remote, 'show', 'v0.1.0:dist/index.js')).toBe(built);
  });

  test('does not change main or the work tree', () => {
    expect(git(remote, 'ls-tree', '-r', '--name-only', 'main')).toBe('source.ts');
    expect(git(remote, 'branch', '--format', '%(refname:short)')).toBe('main');
    expect(git(repository, 'status', '--porcelain')).toBe('');
  });

  test('moves the tag of the major version, but never that of a release', () => {
    const first = commitOf('v0.1.0');
    const next = release('0.1.1').released?.commit;
    expect(commitOf('v0')).toBe(next);
    expect(commitOf('v0.1.0')).toBe(first);
    const again = release('0.1.0');
    expect(again.released).toBeNull();
    expect(again.stderr).toContain('v0.1.0 is released already');
    expect(commitOf('v0')).toBe(next);
  });

  test('moves no tag if the remote rejects one', () => {
    const hooks = join(folder, 'hooks');
    mkdirSync(hooks);
    writeFileSync(join(hooks, 'update'), '#!/bin/sh\n[ "$1" != refs/tags/v0 ]\n', { mode: 0o755 });
    const before = git(remote, 'for-each-ref');
    git(remote, 'config', 'core.hooksPath', hooks);
    const { released, stderr } = release('0.1.2');
    git(remote, 'config', '--unset', 'core.hooksPath');
    expect(released).toBeNull();
    expect(stderr).toContain('rejected');
    expect(git(remote, 'for-each-ref')).toBe(before);
  });

  test('is rejected for a version that is not a release', () => {
    const { released, stderr } = release('1.0.0-next.1');
    expect(released).toBeNull();
    expect(stderr).toContain('The version 1.0.0-next.1 is not a release');
  });

  test('is neither tagged nor pushed without a remote', () => {
    const before = git(remote, 'for-each-ref');
    expect(release('0.2.0', null).released?.commit).toMatch(/^[0-9a-f]{40}/);
    expect(git(remote, 'for-each-ref')).toBe(before);
    expect(git(repository, 'tag')).toBe('');
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

test('the script rejects an unknown option', () => {
  const { stderr, status } = spawnSync(process.execPath, [fileURLToPath(script), '--no-such'], {
    encoding: 'utf8',
  });
  expect(status).toBe(1);
  expect(stderr).toContain('--no-such');
});
