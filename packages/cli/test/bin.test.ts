import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setImmediate } from 'node:timers/promises';
import { runInNewContext } from 'node:vm';
import { version } from '@modelslab-reload/core';
import { start } from '@modelslab-reload/emulator';
import { expect, test, vi } from 'vitest';
import { isFull } from '../../core/test/effort.ts';
import { bin, cli } from './cli.ts';

const folder = dirname(bin);

const textOf = (file: string) => readFileSync(join(folder, file), 'utf8');

/** Returns the files of the bundle that a run loads. */
async function loadedBy(args: string[], env: NodeJS.ProcessEnv = {}): Promise<string[]> {
  const preload = fileURLToPath(new URL('./loaded.cjs', import.meta.url));
  // In quotes, because a path may contain spaces; backslashes are escapes there.
  const NODE_OPTIONS = `--require ${JSON.stringify(preload)}`;
  const { stderr } = await cli(args, { env: { NODE_OPTIONS, ...env } });
  return /^loaded: (.*)$/m.exec(stderr)?.[1]?.split(' ') ?? [];
}

test('--version prints the version, without a key', async () => {
  expect(await cli(['--version'], { env: { MODELSLAB_API_KEY: undefined } })).toMatchObject({
    code: 0,
    stdout: `${version}\n`,
    stderr: '',
  });
});

test('a run loads undici for its first request, but not the emulator, the help or the completion', async () => {
  const emulator = await start({ port: 0, loaded: ['m'] });
  const env = { MODELSLAB_API_KEY: 'demo-key', MODELSLAB_BASE_URL: emulator.url };
  const files = await loadedBy(['m'], env);
  await emulator.close();
  expect(files).toContain('shared-undici-parts.js');
  expect(files.filter((file) => /emulator|help|completion/.test(file))).toEqual([]);
  // Without a key, it ends before anything is sent.
  expect(await loadedBy(['m'], { MODELSLAB_API_KEY: '' })).not.toContain('shared-undici-parts.js');
  expect(await loadedBy(['--help'])).not.toContain('reload.js');
});

/** Runs only the bin, in another Node. It starts the command line or not. */
async function startBin({ node = process.versions.node, env = {} }) {
  const main = vi.fn<(args: string[]) => void>();
  const fake = {
    argv: ['node', 'bin.js', 'list'],
    env,
    versions: { node },
    exitCode: 0,
    stderr: { write: (text: string) => (ran.stderr += text) },
  };
  const ran = { code: 0, stderr: '' };
  runInNewContext(readFileSync(bin, 'utf8'), { process: fake, require: () => ({ main }) });
  await setImmediate();
  return { ...ran, code: fake.exitCode, started: main.mock.lastCall?.[0] };
}

test.each([
  [
    '18.20.8',
    /^modelslab-reload: Node\.js 20\.19 or later is required; this is 18\.20\.8\.\n.*\n$/,
  ],
  ['20.18.3', /Node\.js 20\.19 or later is required/],
])('Node %s is rejected: %s', async (node, message) => {
  expect(await startBin({ node })).toEqual({
    code: 1,
    stderr: expect.stringMatching(message),
    started: undefined,
  });
});

test.each(['20.19.0', '22.0.0'])('Node %s starts the command line', async (node) => {
  expect(await startBin({ node })).toEqual({ code: 0, stderr: '', started: ['list'] });
});

test.each([
  [
    { NO_COLOR: '1', FORCE_COLOR: '1', NODE_DISABLE_COLORS: '1' },
    { NO_COLOR: '1', NODE_DISABLE_COLORS: '1' },
  ],
  [{ NODE_DISABLE_COLORS: '1', FORCE_COLOR: '1' }, { FORCE_COLOR: '1' }],
])('of %j only %j are left', async (env, left) => {
  await startBin({ env });
  expect(env).toEqual(left);
});

// Those of the developer's Node may print none at all.
test.runIf(isFull).each([
  { NO_COLOR: '1', FORCE_COLOR: '1' },
  { NODE_DISABLE_COLORS: '1', FORCE_COLOR: '1' },
])('Node prints no warning about %j, which it would ignore', async (env) => {
  const { stderr } = await cli(['m', '--base-url', 'http://127.0.0.1:1', '--retries', '0'], {
    env,
  });
  expect(stderr).toContain('network_error');
  expect(stderr).not.toContain('Warning');
});

test('the required Node is that of the package', () => {
  const { engines } = JSON.parse(textOf('../package.json')) as { engines: { node: string } };
  expect(engines.node).toBe('>=20.19');
});

test('zod is not in the bundle', () => {
  const files = readdirSync(folder).filter((file) => /\bzod\b|_zod/i.test(textOf(file)));
  expect(files).toEqual([]);
});

test('the licenses of bundled code are in the package', () => {
  const text = textOf('THIRD-PARTY-LICENSES.txt');
  expect(text).toMatch(/^undici [0-9.]+ \(MIT\)$/m);
});

// The other tests have none either.
test.runIf(isFull)('a missing home directory has no effect', async () => {
  const emulator = await start({ port: 0, loaded: ['m'] });
  for (const HOME of ['/nowhere', undefined]) {
    const env = { HOME, MODELSLAB_BASE_URL: emulator.url };
    expect(await cli(['-q', 'm'], { env })).toMatchObject({ code: 0, stderr: '' });
  }
  await emulator.close();
});
