// Tests the command itself: its exit codes, its files, and Ctrl-C. `startCheck` starts a process, `runCheck` only in CI.
import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { start } from '@modelslab-reload/emulator';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isFull } from '../../packages/core/test/effort.ts';
import { main } from '../live-check/main.mjs';
import { needsSignals } from '../vitest/needs.ts';
import { root } from './repository.mjs';

const KEY = 'a-long-secret-key';
let folder;
let emulator;
let intercept;
beforeEach(async () => {
  intercept = () => null;
  folder = mkdtempSync(join(tmpdir(), 'live-check-'));
  emulator = await start({
    port: 0,
    loadTimeMs: 300,
    apiKey: KEY,
    intercept: (request) => intercept(request),
  });
});
afterEach(async () => {
  await emulator.close();
  rmSync(folder, { recursive: true });
});

const environment = (more) => ({
  MODELSLAB_API_KEY: KEY,
  MODELSLAB_BASE_URL: emulator.url,
  POLL_INTERVAL_MS: '200',
  ...more,
});

function startCheck(args, env) {
  const child = spawn(process.execPath, [join(root, 'scripts/live-check.mjs'), ...args], {
    cwd: folder,
    env: { ...process.env, NO_PROXY: '127.0.0.1', no_proxy: '127.0.0.1', ...environment(env) },
  });
  const result = Promise.all([once(child, 'close'), text(child.stdout), text(child.stderr)]).then(
    ([[code, signal], stdout, stderr]) => ({ code, signal, stdout, stderr }),
  );
  return { child, result };
}

/** Runs the check to its end. `during` gets a function that sends it a signal. */
async function runCheck(args, { env, during = async (_send) => {} } = {}) {
  if (isFull) {
    const { child, result } = startCheck(args, env);
    await during((name) => child.kill(name));
    return result;
  }
  const host = Object.assign(new EventEmitter(), {
    argv: ['node', 'live-check.mjs', ...args],
    env: environment(env),
    stdout: new PassThrough(),
    stderr: new PassThrough(),
  });
  await Promise.all([main(host, folder), during((name) => host.emit(name))]);
  host.emit('exit');
  const [stdout, stderr] = [host.stdout, host.stderr].map((stream) => String(stream.read() ?? ''));
  return { code: host.exitCode ?? 0, stdout, stderr };
}

function readRecord() {
  return readFileSync(join(folder, 'live-check.ndjson'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

test('a success: exit code 0, a report on stdout, every exchange in the record, the key nowhere', async () => {
  const { code, stdout, stderr } = await startCheck(['my-model']).result;
  expect(code).toBe(0);
  expect(stdout).toMatch(/^# Live check, \d{4}-\d\d-\d\d, version \d/);
  expect(stdout).toContain('| yes, after ');
  expect(stderr).toContain(': success, Model reloaded');
  const record = readRecord();
  expect(record).toHaveLength(emulator.requests.length);
  expect(record.map(({ part }) => part)).toEqual(
    expect.arrayContaining(['balance before', 'wait', 'repeat', 'balance after']),
  );
  expect(stdout + stderr + JSON.stringify(record)).not.toContain(KEY);
});

test('a failure ends with exit code 1 and a report', async () => {
  const { code, stdout } = await runCheck(['not-found']);
  expect(code).toBe(1);
  expect(stdout).toContain('error, model_not_found');
});

test.each([
  ['no key', [], { MODELSLAB_API_KEY: '' }, 'Set MODELSLAB_API_KEY'],
  ['no model', [], {}, 'pass the id of one of your models'],
  ['an invalid base URL', ['a'], { MODELSLAB_BASE_URL: 'ftp://x' }, 'must begin with https:'],
])('%s: exit code 2, and a message on stderr', async (_title, args, env, sentence) => {
  const { code, stdout, stderr } = await runCheck(args, { env });
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(sentence);
  expect(emulator.requests).toEqual([]);
});

test.each([
  ['--help', ['--help'], 0],
  ['-h', ['my-model', '-h'], 0],
  ['the key as an option', [`--key=${KEY}`, 'my-model'], 2],
])('%s: the usage, and nothing is sent', async (_title, args, exitCode) => {
  const { code, stdout, stderr } = await runCheck(args);
  const [usage, other] = exitCode === 0 ? [stdout, stderr] : [stderr, stdout];
  expect(usage).toMatch(/^Usage: .* live-check <model-id> \[--base-model <id>\]$/m);
  // Nobody orders an image without having been told.
  expect(usage.replaceAll(/\s+/g, ' ')).toContain('This image is billed; without the option none');
  expect({ code, other }).toEqual({ code: exitCode, other: '' });
  expect(usage).not.toContain(KEY);
  expect(emulator.requests).toEqual([]);
});

test('the usage needs no key', async () => {
  const { code } = await runCheck(['--help'], { env: { MODELSLAB_API_KEY: '' } });
  expect(code).toBe(0);
});

test('a LoRA: one image with the base model, in the record', async () => {
  const { code, stdout, stderr } = await runCheck(['my-lora', '--base-model', 'sdxl']);
  expect({ code, images: countImages() }).toEqual({ code: 0, images: 1 });
  expect(stderr).toMatch(/^After a success, one image is generated with sdxl, and billed\./);
  expect(stdout).toContain('| Does the base model generate an image with this LoRA? | yes, after ');
  expect(readRecord().at(-1)).toMatchObject({ part: 'image', request: { method: 'POST' } });
});

const countImages = () => emulator.requests.filter(({ path }) => path.endsWith('/text2img')).length;

test('an image that fails is exit code 1', async () => {
  const reply = '{"status":"error","message":"Unknown LoRA"}';
  intercept = ({ path }) =>
    path.endsWith('/text2img') ? { status: 200, headers: {}, text: reply } : null;
  const { code, stdout } = await runCheck(['my-lora', '--base-model', 'sdxl']);
  expect(code).toBe(1);
  expect(stdout).toContain('| no image: `api_error`, `Unknown LoRA` |');
});

test('Ctrl-C before the success prevents the image', async (context) => {
  needsSignals(context);
  const during = async (send) => {
    while (emulator.requests.filter(({ modelId }) => modelId !== null).length < 1) await sleep(20);
    send('SIGINT');
  };
  const { code, stdout } = await runCheck(['always-processing', '--base-model=sdxl'], { during });
  expect({ code, images: countImages() }).toEqual({ code: 130, images: 0 });
  expect(stdout).toContain('| not sent |');
});

test('Ctrl-C: a report so far, a complete record, and exit code 130', async (context) => {
  needsSignals(context);
  const { child, result } = startCheck(['always-processing']);
  while (emulator.requests.filter(({ modelId }) => modelId !== null).length < 2) await sleep(20);
  child.kill('SIGINT');
  const { code, stdout } = await result;
  expect(code).toBe(130);
  expect(stdout).toContain('Stopped early.');
  expect(stdout).toMatch(/\| What was the outcome\? \| processing, aborted, /);
  expect(readRecord().filter(({ part }) => part === 'wait').length).toBeGreaterThanOrEqual(2);
});

test('the record has each exchange as soon as it ends', async () => {
  let parts;
  const during = async (send) => {
    while (emulator.requests.length < 2) await sleep(20);
    parts = readRecord().map(({ part }) => part);
    send('SIGINT');
  };
  await runCheck(['hangs'], { during });
  expect(parts).toEqual(['balance before']);
});

test.runIf(isFull)('a process that is killed leaves that record', async () => {
  const { child, result } = startCheck(['hangs']);
  while (emulator.requests.length < 2) await sleep(20);
  child.kill('SIGKILL');
  await result;
  expect(readRecord().map(({ part }) => part)).toEqual(['balance before']);
});
