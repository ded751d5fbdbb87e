import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Outcome } from '@modelslab-reload/core';
import { start, type Emulator } from '@modelslab-reload/emulator';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isFull } from '../../core/test/effort.ts';
import { needsShell, needsSignals } from '../../../scripts/vitest/needs.ts';
import { shellArguments } from '../../../scripts/vitest/shell.ts';
import { bin, cli, environment, finished, startCli } from './cli.ts';

let emulator: Emulator;

beforeAll(async () => {
  emulator = await start({ port: 0, loadTimeMs: 200, loaded: ['loaded'] });
});
afterAll(() => emulator.close());

const env = () => ({ MODELSLAB_BASE_URL: emulator.url });

/** More than a pipe can hold. */
const MANY_IDS = Array.from({ length: 600 }, (_, at) => `model-${at}\n`).join('');

test('the JSON on stdout is complete even if the reader of stderr closes it', async () => {
  const args = ['cold', 'loaded', '-v', '-o', 'json', '--poll-interval', '100ms'];
  const child = startCli(args, { env: env() });
  child.stderr.destroy();
  const { code, stdout } = await finished(child);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toHaveLength(2);
});

test('a full device ends the run with 1 and a message', ({ skip }) => {
  skip(!existsSync('/dev/full'), 'only Linux has such a device');
  const full = openSync('/dev/full', 'w');
  const { status, stderr } = spawnSync(process.execPath, [bin, 'help'], {
    env: environment(),
    stdio: ['ignore', full, 'pipe'],
    encoding: 'utf8',
  });
  closeSync(full);
  expect(status).toBe(1);
  expect(stderr).toBe(
    'modelslab-reload: The output cannot be written to stdout: no space left on device.\n',
  );
});

test('a file that takes only a part of the results ends the run with 1 and a message', async (context) => {
  needsShell(context, 'bash');
  const script = 'ulimit -f 1; exec "$NODE" "$BIN" help > "$FILE"';
  const FILE = join(mkdtempSync(join(tmpdir(), 'modelslab-reload-')), 'results.txt');
  const { status, stderr } = spawnSync('bash', shellArguments('bash', script), {
    env: environment({ NODE: process.execPath, BIN: bin, FILE }),
    encoding: 'utf8',
  });
  expect(stderr).toBe(
    'modelslab-reload: The output cannot be written to stdout: file too large.\n',
  );
  expect(status).toBe(1);
  expect(readFileSync(FILE)).toHaveLength(1024);
});

test('a slow reader gets everything', async () => {
  const child = startCli(['-f', '-', '-q', '-o', 'json'], {
    input: MANY_IDS,
    env: { ...env(), MODELSLAB_API_KEY: 'wrong-key' },
  });
  // The output has started, and fills the pipe.
  await once(child.stdout, 'readable');
  await sleep(500);
  const { code, stdout } = await finished(child);
  expect(code).toBe(3);
  expect(JSON.parse(stdout)).toHaveLength(600);
});

test('the first signal ends a run whose reader has stopped reading', async (context) => {
  needsSignals(context);
  const child = spawn(process.execPath, [bin, '-f', '-', '-q', '-o', 'json'], {
    env: environment({ ...env(), MODELSLAB_API_KEY: 'wrong-key' }),
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  child.stdin.end(MANY_IDS);
  // The output has started, and nothing more is read.
  await once(child.stdout, 'readable');
  await sleep(500);
  child.kill('SIGTERM');
  await once(child, 'exit');
  expect(child.exitCode).toBe(143);
});

// It takes as long as the reader may stop.
test.runIf(isFull)(
  'the first signal also ends a run that still waits for a model',
  async (context) => {
    needsSignals(context);
    const ids = Array.from({ length: 150 }, (_, at) => `${at}-${'x'.repeat(1000)}\n`).join('');
    const before = emulator.requests.length;
    const args = [bin, 'hangs', '-f', '-', '-q', '-o', 'ndjson', '--no-wait', '--concurrency', '9'];
    const child = spawn(process.execPath, args, {
      env: environment(env()),
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    child.stdin.end(ids);
    while (emulator.requests.length < before + 151) await sleep(50);
    await sleep(500);
    child.kill('SIGTERM');
    await once(child, 'exit');
    expect(child.exitCode).toBe(143);
  },
);

test('a run that ends with an unexpected error prints the finished models', async () => {
  const preload = fileURLToPath(new URL('./fault.cjs', import.meta.url));
  const args = ['loaded', 'hangs', '-v', '-o', 'json'];
  const { code, stdout, stderr } = await cli(args, {
    env: { ...env(), NODE_OPTIONS: `--require ${JSON.stringify(preload)}` },
  });
  expect(code).toBe(1);
  const outcomes = JSON.parse(stdout) as Outcome[];
  expect(outcomes.map(({ modelId, error }) => `${modelId} ${error?.code ?? 'reached'}`)).toEqual([
    'loaded reached',
    'hangs aborted',
  ]);
  expect(stderr).toContain('modelslab-reload: Unexpected error: a fault with the key [redacted]\n');
  expect(stderr).not.toMatch(/\n +at /);
});
