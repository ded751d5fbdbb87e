import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isFull } from '../../packages/core/test/effort.ts';
import { read, root } from './repository.mjs';

function runTurbo(...args) {
  return spawnSync(process.execPath, [join(root, 'scripts/turbo.mjs'), ...args], {
    cwd: root,
    encoding: 'utf8',
  });
}

test('--silent prints nothing if turbo succeeds', () => {
  if (isFull) expect(runTurbo('--version').stdout).toMatch(/^\d/);
  const { status, stdout, stderr } = runTurbo('--silent', '--version');
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
});

test('--silent prints what turbo printed if it fails, to stderr', () => {
  const { status, stdout, stderr } = runTurbo('--silent', 'run', 'build', '--no-such-flag');
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toContain('--no-such-flag');
});

test('the live check prints no log of a build that succeeds', () => {
  expect(JSON.parse(read('package.json')).scripts['live-check']).toMatch(
    /^node scripts\/turbo\.mjs --silent run build /,
  );
});
