import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { start } from '@modelslab-reload/emulator';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { isFull } from '../../packages/core/test/effort.ts';
import { needsPython, needsShell } from '../../scripts/vitest/needs.ts';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
let emulator;
beforeAll(async () => {
  emulator = await start({
    port: 0,
    loadTimeMs: 300,
    loaded: ['a'],
    models: ['a', 'b', 'not-found', 'http-200-error'],
  });
});
afterAll(() => emulator.close());

/** Runs a program against the emulator; returns its exit code and its output. `onStart` receives the process. */
function run(file, args, env = {}, onStart = () => {}) {
  return new Promise((resolve) => {
    const child = execFile(
      file,
      args,
      {
        env: {
          ...process.env,
          MODELSLAB_API_KEY: 'demo-key',
          MODELSLAB_BASE_URL: emulator.url,
          NO_PROXY: '127.0.0.1',
          no_proxy: '127.0.0.1',
          ...env,
        },
      },
      (_error, stdout, stderr) => resolve({ exitCode: child.exitCode, stdout, stderr }),
    );
    onStart(child);
  });
}

const startNode = (example, args = [], env = {}, onStart) =>
  run(process.execPath, [here(example), ...args], env, onStart);

let imports = 0;

/** Runs a program in this process; it has ended when it is imported. */
async function importHere(example, args = [], env = {}) {
  const variables = { MODELSLAB_API_KEY: 'demo-key', MODELSLAB_BASE_URL: emulator.url, ...env };
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  const output = { stdout: '', stderr: '' };
  vi.spyOn(console, 'log').mockImplementation((text) => void (output.stdout += `${text}\n`));
  vi.spyOn(console, 'error').mockImplementation((text) => void (output.stderr += `${text}\n`));
  const { argv } = process;
  process.argv = [process.execPath, here(example), ...args];
  try {
    // A module runs once for each query.
    imports += 1;
    await import(`./${example}?${imports}`);
    return { exitCode: process.exitCode ?? 0, ...output };
  } finally {
    process.argv = argv;
    process.exitCode = undefined;
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
  }
}

/** In CI, each program has its own process. */
const node = isFull ? startNode : importHere;

test('one model', async () => {
  expect(await node('one-model.mjs', ['a'])).toEqual({
    exitCode: 0,
    stdout: 'a: success, evidence reply\n',
    stderr: '',
  });
  const failed = await node('one-model.mjs', ['not-found']);
  expect(failed).toMatchObject({ exitCode: 1, stdout: '' });
  expect(failed.stderr).toContain('not-found: Model not found: not-found\nCheck the model id');
});

test('many with progress', async () => {
  const { exitCode, stdout } = await node('many-with-progress.mjs', [], {
    POLL_INTERVAL_MS: '200',
  });
  // The rest of the 200 ms once the reply has been read.
  expect(stdout).toMatch(/^b reply 1: processing, next request in \d+ms$/m);
  expect(stdout).toContain('b: success\n');
  expect(stdout).toContain('not-found: model_not_found, ');
  expect(stdout).toContain('2 of 4 succeeded\n');
  expect(exitCode).toBe(1);
});

test('own transport', async () => {
  const { stdout, exitCode } = await node('own-transport.mjs', ['c']);
  expect([stdout, exitCode]).toEqual(['processing after 1 request\n', 0]);
});

// Windows has no signals.
test.runIf(process.platform !== 'win32')('abort', async () => {
  const interrupt = (child) => child.stdout.once('data', () => child.kill('SIGINT'));
  const { stdout, exitCode } = await startNode('abort.mjs', ['always-processing'], {}, interrupt);
  expect([stdout, exitCode]).toEqual([
    'processing; Ctrl-C stops waiting\nstopped; the last status was processing\n',
    0,
  ]);
});

// The shell example needs a shell, the command and jq on the PATH: here jq compiled for Node.
test('only failures, with jq', async (context) => {
  needsShell(context);
  const folder = mkdtempSync(join(tmpdir(), 'examples-'));
  const bin = here('../../packages/cli/dist/bin.js');
  const command = (name, script) => {
    writeFileSync(join(folder, name), `#!/bin/sh\nexec "${process.execPath}" "${script}" "$@"\n`);
    chmodSync(join(folder, name), 0o755);
  };
  command('modelslab-reload', bin);
  command('jq', here('jq.mjs'));
  const printFailures = async (...excluded) => {
    const script = here('../shell/only-failures.sh');
    const PATH = folder + delimiter + process.env.PATH;
    const { stdout } = await run('sh', [script, ...excluded], { PATH });
    return stdout.split('\n').toSorted();
  };
  const notFound = expect.stringMatching(/^not-found: model_not_found\. Check the model id/);
  const httpError = expect.stringMatching(/^http-200-error: api_error\. /);
  expect(await printFailures('http-200-error', 'b')).toEqual(['', notFound]);
  // Each run is three processes.
  if (isFull) {
    expect(await printFailures('a')).toEqual(['', httpError, notFound]);
    expect(await printFailures()).toEqual(['', httpError, notFound]);
  }
  rmSync(folder, { recursive: true });
});

describe('from Python, by the command line', () => {
  const python = (args, env = {}) =>
    run('python3', [here('../python/reload_models.py'), ...args], {
      MODELSLAB_RELOAD: `"${process.execPath}" "${here('../../packages/cli/dist/bin.js')}"`,
      MODELSLAB_RELOAD_OPTIONS: '--poll-interval 200ms',
      ...env,
    });

  test('each model has an outcome, in the order of the arguments', async (context) => {
    needsPython(context);
    expect(await python(['d', 'not-found', 'a'])).toEqual({
      exitCode: 1,
      stdout: [
        'd: success, evidence change',
        'not-found: model_not_found. Check the model id against the trained models of the account.',
        'a: success, evidence reply',
        '',
      ].join('\n'),
      stderr: '',
    });
  });

  test('without a key, it raises an exception with the message of the command', async (context) => {
    needsPython(context);
    const { exitCode, stderr } = await python(['a'], { MODELSLAB_API_KEY: '' });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/ReloadFailed: modelslab-reload: No API key is set/);
  });
});
