import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { start, type Emulator } from '@modelslab-reload/emulator';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { finished, startCli } from '../test/cli.ts';

let emulator: Emulator;

beforeAll(async () => {
  emulator = await start({ port: 0, loadTimeMs: 60_000, loaded: ['loaded'] });
});
afterAll(() => emulator.close());

/** Starts a run that waits, and resolves when it has told of the model that it waits for. */
async function startWaiting(args: string[]) {
  const child = startCli(['loaded', 'cold', ...args], {
    env: { MODELSLAB_BASE_URL: emulator.url },
  });
  const run = finished(child);
  let told = '';
  while (!told.includes('cold: processing')) {
    const [text] = (await once(child.stderr, 'data')) as [string];
    told += text;
  }
  return { child, run };
}

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)(
  '%s: what is done, the rest as aborted, in valid JSON, and %i',
  async (signal, code) => {
    const { child, run } = await startWaiting(['-o', 'json']);
    child.kill(signal);
    const ran = await run;
    expect(ran.code).toBe(code);
    const outcomes = (
      JSON.parse(ran.stdout) as { modelId: string; status: string; error: unknown }[]
    )
      .map(({ modelId, status, error }) => ({ modelId, status, error }))
      .toSorted((one, other) => one.modelId.localeCompare(other.modelId));
    expect(outcomes).toEqual([
      {
        modelId: 'cold',
        status: 'processing',
        error: expect.objectContaining({ code: 'aborted' }),
      },
      { modelId: 'loaded', status: 'success', error: null },
    ]);
    expect(ran.stderr).toMatch(/^1 succeeded, 1 aborted in /m);
  },
);

test.each(['text', 'ndjson'])('SIGINT with %s: a line for each model', async (format) => {
  const { child, run } = await startWaiting(['-o', format]);
  child.kill('SIGINT');
  const { code, stdout } = await run;
  expect(code).toBe(130);
  expect(stdout.trimEnd().split('\n')).toEqual([
    expect.stringContaining('loaded'),
    expect.stringContaining('aborted'),
  ]);
});

test('SIGINT while the trained models are asked for: nothing on standard output', async () => {
  const silent = await start({ port: 0, intercept: () => new Error('gone') });
  const child = startCli(['--all-trained', '-o', 'json'], {
    env: { MODELSLAB_BASE_URL: silent.url },
  });
  const run = finished(child);
  while (silent.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  child.kill('SIGINT');
  const { code, stdout, stderr } = await run;
  expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
  expect(stderr).toMatch(/^modelslab-reload: Stopped early/m);
  await silent.close();
});

test('what was exchanged until then is in the record, an open request included', async () => {
  const record = join(mkdtempSync(join(tmpdir(), 'modelslab-reload-')), 'record.ndjson');
  const child = startCli(['loaded', 'hangs', '--record', record], {
    env: { MODELSLAB_BASE_URL: emulator.url },
  });
  const run = finished(child);
  // It is written as it goes.
  while (
    !existsSync(record) ||
    readFileSync(record, 'utf8') === '' ||
    !emulator.requests.some(({ modelId }) => modelId === 'hangs')
  ) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  child.kill('SIGINT');
  expect((await run).code).toBe(130);
  const lines = readFileSync(record, 'utf8').trimEnd().split('\n');
  const exchanges = lines.map((line) => JSON.parse(line));
  expect(exchanges).toEqual([
    expect.objectContaining({ reply: expect.objectContaining({ status: 200 }), error: null }),
    expect.objectContaining({ reply: null, error: expect.stringContaining('ended before') }),
  ]);
});

test('a reader that goes away ends the run, with 141 and without a word', async () => {
  const { child, run } = await startWaiting(['not-found', '-o', 'ndjson', '--concurrency', '1']);
  child.stdout.destroy();
  child.kill('SIGINT');
  const { code, stderr } = await run;
  expect(code).toBe(141);
  expect(stderr).not.toMatch(/EPIPE|\n +at /);
});
