import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Outcome } from '@modelslab-reload/core';
import { start as startEmulator, type Emulator } from '@modelslab-reload/emulator';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { isFull } from '../../core/test/effort.ts';
import { needsSignals } from '../../../scripts/vitest/needs.ts';
import { shellArguments } from '../../../scripts/vitest/shell.ts';
import { bin, environment, finished, startCli, type Ran } from './cli.ts';
import { TestProcess } from './process.ts';

let emulator: Emulator;
const ofEmulator = () => ({ MODELSLAB_BASE_URL: emulator.url });

beforeAll(async () => {
  emulator = await startEmulator({ port: 0, loadTimeMs: 60_000, loaded: ['loaded'] });
});
afterAll(() => emulator.close());
beforeEach(needsSignals);

interface Started {
  kill: (name: NodeJS.Signals) => void;
  run: Promise<Ran>;
}

type Start = (args: string[], env: Record<string, string>, until: string) => Promise<Started>;

/** Starts a process, and resolves when a text is on stderr. */
const startProcess = async (args: string[], env: Record<string, string>, until: string) => {
  const child = startCli(args, { env });
  const run = finished(child);
  let stderr = '';
  while (!stderr.includes(until)) {
    const [text] = (await once(child.stderr, 'data')) as [string];
    stderr += text;
  }
  return { child, run, kill: (name: NodeJS.Signals) => void child.kill(name) };
};

/** The same in this process. */
const startHere: Start = async (args, env, until) => {
  const here = new TestProcess({ env });
  const run = here.run(args);
  while (!here.stderr.text.includes(until)) await sleep(5);
  return { run, kill: (name) => void here.emit(name, name) };
};

/** In CI every signal is sent to a process. */
const start: Start = isFull ? startProcess : startHere;

/** Starts a run, and resolves when a model loads. */
const startWaiting = (args: string[]) =>
  start(['loaded', 'cold', ...args], ofEmulator(), 'cold: processing');

// On SIGINT, the process ends with the signal itself, because only that stops a shell loop.
test.each([
  ['SIGINT', { code: null, signal: 'SIGINT' }],
  ['SIGTERM', { code: 143, signal: null }],
  ['SIGHUP', { code: 129, signal: null }],
] as const)(
  '%s: the finished models and the rest as aborted, in valid JSON, and %j',
  async (name, end) => {
    const { kill, run } = await startWaiting(['-o', 'json']);
    kill(name);
    const { code, signal, stdout, stderr } = await run;
    expect({ code, signal }).toEqual(end);
    const outcomes = JSON.parse(stdout) as Outcome[];
    expect(outcomes.map(({ modelId, status, error }) => ({ modelId, status, error }))).toEqual([
      { modelId: 'loaded', status: 'success', error: null },
      {
        modelId: 'cold',
        status: 'processing',
        error: expect.objectContaining({ code: 'aborted' }),
      },
    ]);
    expect(stderr).toMatch(/^1 succeeded, 1 aborted in /m);
  },
);

test('a Ctrl-C that arrives twice still prints everything', async () => {
  const { kill, run } = await startWaiting(['-o', 'json']);
  kill('SIGINT');
  kill('SIGINT');
  const { signal, stdout } = await run;
  expect(signal).toBe('SIGINT');
  expect(JSON.parse(stdout)).toHaveLength(2);
});

test('Ctrl-C stops a shell loop', async () => {
  const script = `for m in cold colder; do "$NODE" "$BIN" $m; done; echo the loop went on`;
  const shell = spawn('bash', shellArguments('bash', script), {
    detached: true,
    env: environment({ NODE: process.execPath, BIN: bin, MODELSLAB_BASE_URL: emulator.url }),
  });
  const run = finished(shell);
  onTestFinished(() => {
    if (shell.exitCode === null && shell.signalCode === null)
      process.kill(-(shell.pid ?? 0), 'SIGKILL');
  });
  const [text] = (await once(shell.stderr, 'data')) as [string];
  expect(text).toContain('cold: processing');
  // To the whole process group, as a terminal does.
  process.kill(-(shell.pid ?? 0), 'SIGINT');
  const { stdout, stderr } = await run;
  expect(stdout).toMatch(/^✗ cold  processing .* aborted: .*\n$/);
  expect(stderr).not.toContain('colder');
});

test.each(['text', 'ndjson'])('SIGINT with %s: a line for each model', async (format) => {
  const { kill, run } = await startWaiting(['-o', format]);
  kill('SIGINT');
  const { signal, stdout } = await run;
  expect(signal).toBe('SIGINT');
  expect(stdout.trimEnd().split('\n')).toEqual([
    expect.stringContaining('loaded'),
    expect.stringContaining('aborted'),
  ]);
});

test('SIGINT while the trained models are listed: nothing on stdout', async () => {
  const silent = await startEmulator({ port: 0, intercept: () => new Error('gone') });
  const { kill, run } = await start(
    ['--all-trained', '-o', 'json'],
    { MODELSLAB_BASE_URL: silent.url },
    '',
  );
  while (silent.requests.length === 0) await sleep(10);
  kill('SIGINT');
  const { signal, stdout, stderr } = await run;
  expect({ signal, stdout }).toEqual({ signal: 'SIGINT', stdout: '' });
  expect(stderr).toMatch(/^modelslab-reload: Ended early/m);
  await silent.close();
});

test('the record of an interrupted run is complete, an open request included', async () => {
  const record = join(mkdtempSync(join(tmpdir(), 'modelslab-reload-')), 'record.ndjson');
  const { kill, run } = await start(['loaded', 'hangs', '--record', record], ofEmulator(), '');
  // It is written as the run proceeds.
  while (
    !existsSync(record) ||
    readFileSync(record, 'utf8') === '' ||
    !emulator.requests.some(({ modelId }) => modelId === 'hangs')
  ) {
    await sleep(10);
  }
  kill('SIGINT');
  expect((await run).signal).toBe('SIGINT');
  const lines = readFileSync(record, 'utf8').trimEnd().split('\n');
  const exchanges = lines.map((line) => JSON.parse(line));
  expect(exchanges).toEqual([
    expect.objectContaining({ reply: expect.objectContaining({ status: 200 }), error: null }),
    expect.objectContaining({ reply: null, error: expect.stringMatching(/before the reply\.$/) }),
  ]);
});

test('a reader that closes stdout ends the run with 141 and without a message', async () => {
  const { child, run } = await startProcess(
    ['loaded', 'cold', 'not-found', '-o', 'ndjson', '--concurrency', '1'],
    ofEmulator(),
    'cold: processing',
  );
  child.stdout.destroy();
  child.kill('SIGINT');
  const { code, stderr } = await run;
  expect(code).toBe(141);
  expect(stderr).not.toMatch(/EPIPE|\n +at /);
});
