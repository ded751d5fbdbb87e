import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { start, type Emulator } from '@modelslab-reload/emulator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cli, type Ran, type RunOptions } from '../test/cli.ts';

const KEY = 'the-key/+"&<of>the-test';
const schemaFile = new URL(import.meta.resolve('@modelslab-reload/core/outcome.schema.json'));
const isOutcome = new Ajv2020({ validateFormats: false }).compile(
  JSON.parse(readFileSync(schemaFile, 'utf8')),
);

const cwd = mkdtempSync(join(tmpdir(), 'modelslab-reload-'));
let emulator: Emulator;
let empty: Emulator;

beforeAll(async () => {
  emulator = await start({
    port: 0,
    loadTimeMs: 300,
    queueLimit: 100,
    retryAfterMs: 1000,
    loaded: ['loaded', 'also-loaded', 'third'],
    models: ['loaded', 'also-loaded'],
    intercept: ({ modelId }) =>
      modelId === 'no-credits'
        ? {
            status: 402,
            headers: { 'content-type': 'application/json' },
            text: '{"status":"error","message":"Insufficient credits. Buy more."}',
          }
        : null,
  });
  empty = await start({ port: 0 });
});
afterAll(() => Promise.all([emulator.close(), empty.close()]));

/** A run against the emulator, short in its gaps. */
function reload(line: string, options: RunOptions = {}): Promise<Ran> {
  const args = line.split(' ').filter((word) => word !== '');
  return cli(['--poll-interval', '100ms', ...args], {
    cwd,
    ...options,
    env: { MODELSLAB_BASE_URL: emulator.url, ...options.env },
  });
}

/** The exit code, the outcomes' ids with their status or error code. */
test.concurrent.each([
  ['loaded', 0, ['loaded success']],
  ['cold-1', 0, ['cold-1 success']],
  ['--no-wait cold-2', 0, ['cold-2 processing']],
  ['--until accepted cold-3', 0, ['cold-3 processing']],
  ['--until image cold-9', 0, ['cold-9 success']],
  ['reload loaded', 0, ['loaded success']],
  ['loaded loaded', 0, ['loaded success']],
  ['--retries 1 fails-once', 0, ['fails-once success']],
  ['rate-limited-once', 0, ['rate-limited-once success']],
  ['http-200-error', 1, ['http-200-error api_error']],
  ['validation-object', 1, ['validation-object invalid_request']],
  ['--retries 0 server-error', 1, ['server-error server_error']],
  ['redirects', 1, ['redirects unexpected_response']],
  ['--timeout 20s spam-filtered', 4, ['spam-filtered rate_limited']],
  ['not-found', 5, ['not-found model_not_found']],
  ['no-credits', 6, ['no-credits payment_required']],
  ['--timeout 400ms always-processing', 7, ['always-processing wait_timeout']],
  ['--retries 0 --request-timeout 200ms hangs', 7, ['hangs request_timeout']],
  ['--retries 0 resets', 10, ['resets network_error']],
  ['loaded not-found', 5, ['loaded success', 'not-found model_not_found']],
  ['not-found http-200-error', 1, null],
  ['not-found --retries 0 resets', 1, null],
])('%s: exit %i', async (line, exitCode, expected) => {
  const { code, stdout } = await reload(`${line} --output json`);
  const outcomes = JSON.parse(stdout) as {
    modelId: string;
    status: string;
    error: { code: string } | null;
  }[];
  expect(outcomes.filter((outcome) => !isOutcome(outcome))).toEqual([]);
  if (expected !== null) {
    expect(
      outcomes
        .map(({ modelId, status, error }) => `${modelId} ${error?.code ?? status}`)
        .toSorted(),
    ).toEqual(expected);
  }
  expect(code).toBe(exitCode);
});

test.concurrent('a wrong key: exit 3, and the whole list ends', async () => {
  const { code, stdout } = await reload('-o ndjson loaded also-loaded third', {
    env: { MODELSLAB_API_KEY: 'wrong' },
  });
  expect(code).toBe(3);
  const outcomes = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(outcomes).toHaveLength(3);
  for (const outcome of outcomes) expect(outcome.error.code).toBe('unauthorized');
});

test.concurrent('nothing listens: exit 10', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  server.close();
  await once(server, 'close');
  const { code, stdout } = await reload(`--retries 0 --base-url http://127.0.0.1:${port} m`);
  expect(code).toBe(10);
  expect(stdout).toMatch(/^✗ m  error .* network_error: .*ECONNREFUSED/);
});

test.concurrent('text: results on standard output, all else on standard error', async () => {
  const { code, stdout, stderr } = await reload('loaded cold-4 not-found');
  expect(code).toBe(5);
  const [first, second, third] = stdout.trimEnd().split('\n').toSorted();
  expect(first).toMatch(/^✓ cold-4 {5}success +\S+ {2}"Model reloaded", after processing$/);
  expect(second).toMatch(/^✓ loaded {5}success +\S+  "Model reloaded"$/);
  expect(third).toMatch(/^✗ not-found  error +\S+  model_not_found: Model not found: not-found$/);
  expect(stderr).toMatch(/^ {2}cold-4: processing, "Model is reloading"; asks again in 100ms$/m);
  expect(stderr).toMatch(/^2 succeeded, 1 failed in \S+$/m);
  expect(stderr).toMatch(/^ {2}not-found: model_not_found\. Check the model id/m);
  expect(stderr).not.toContain('\u001B');
});

test.concurrent('a picture that was drawn is named', async () => {
  const { code, stdout, stderr } = await reload('--until image loaded');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^✓ loaded  success +\S+  drew https?:\/\/\S+$/m);
  expect(stderr).not.toContain('first reply');
});

test.concurrent('news is told once, not with every request', async () => {
  const { stderr } = await reload('cold-5');
  expect(stderr.match(/cold-5: processing/g)).toHaveLength(1);
});

test.concurrent('one footnote for all successes that rest on the first reply, in text alone', async () => {
  const text = await reload('loaded also-loaded');
  expect(text.stderr.match(/rest.* on the first reply alone/g)).toHaveLength(1);
  expect(text.stderr).toContain('2 successes rest');
  expect(text.stderr.replaceAll(/also-loaded|loaded:/g, '')).not.toContain('loaded');
  for (const format of ['json', 'ndjson']) {
    expect((await reload(`-o ${format} loaded`)).stderr).not.toContain('first reply');
  }
  expect((await reload('cold-6')).stderr).not.toContain('first reply');
});

test.concurrent('--quiet prints results and nothing else', async () => {
  const { code, stdout, stderr } = await reload('-q loaded not-found cold-7');
  expect(code).toBe(5);
  expect(stdout.trimEnd().split('\n')).toHaveLength(3);
  expect(stderr).toBe('');
});

test.concurrent('--verbose tells each request: which try, what came back, when the next goes out and why', async () => {
  const { stderr } = await reload('-v cold-8');
  expect(stderr).toMatch(
    /^cold-8: try 1 at \S+: HTTP 200, processing, "Model is reloading"; next in 100ms, while it loads \(--poll-interval\)$/m,
  );
  expect(stderr).toMatch(
    /^cold-8: try \d at \S+: HTTP 200, success, "Model reloaded"; no more requests$/m,
  );
  const failing = await reload('-v --retries 1 resets');
  expect(failing.stderr).toMatch(
    /^resets: try 1 at \S+: no reply, network_error, ".*ECONNRESET.*"; next in 100ms, since the failure may pass \(--poll-interval\)$/m,
  );
});

test.concurrent('ids from arguments, files, standard input and --all-trained are united', async () => {
  writeFileSync(join(cwd, 'crlf.txt'), '\uFEFFthird\r\n# no\r\nalso-loaded # yes\r\n\r\n');
  const { code, stdout } = await reload('-q -o ndjson loaded -f crlf.txt -f - --all-trained', {
    input: 'from-stdin\nloaded\n',
  });
  expect(code).toBe(0);
  const ids = stdout
    .trimEnd()
    .split('\n')
    .map((line) => String(JSON.parse(line).modelId));
  expect(ids.toSorted()).toEqual(['also-loaded', 'from-stdin', 'loaded', 'third']);
});

test.concurrent('a file as Windows PowerShell writes it', async () => {
  writeFileSync(join(cwd, 'utf16.txt'), Buffer.from('\uFEFFloaded\r\n', 'utf16le'));
  const { code, stdout } = await reload('-f utf16.txt');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^✓ loaded /);
});

test.concurrent('10,000 ids in a file', async () => {
  writeFileSync(
    join(cwd, 'many.txt'),
    Array.from({ length: 10_000 }, (_, at) => `m-${at}\n`).join(''),
  );
  const { code, stdout, stderr } = await reload('-f many.txt -o json', {
    env: { MODELSLAB_API_KEY: 'wrong' },
  });
  expect(code).toBe(3);
  expect(JSON.parse(stdout)).toHaveLength(10_000);
  expect(stderr).toContain(' and 9997 more: unauthorized.');
});

test.concurrent('nothing trained is no failure', async () => {
  const env = { MODELSLAB_BASE_URL: empty.url };
  const text = await reload('--all-trained', { env });
  expect(text).toEqual({
    code: 0,
    stdout: '',
    stderr: expect.stringContaining('no trained models'),
  });
  expect(await reload('--all-trained -q -o json', { env })).toEqual({
    code: 0,
    stdout: '[]\n',
    stderr: '',
  });
});

test.concurrent('a list that fails under --all-trained: its error, its exit code, no results', async () => {
  const { code, stdout, stderr } = await reload('--all-trained loaded -o json', {
    env: { MODELSLAB_API_KEY: 'wrong' },
  });
  expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
  expect(stderr).toMatch(/^modelslab-reload: Invalid API key/);
});

test.concurrent('the timeout is for the whole run, the list included', async () => {
  const slow = await start({ port: 0, models: ['always-processing'], loadTimeMs: 60_000 });
  const startedAt = performance.now();
  const { code, stdout } = await reload('--all-trained --timeout 2s -o json', {
    env: { MODELSLAB_BASE_URL: slow.url },
  });
  expect(code).toBe(7);
  const [outcome] = JSON.parse(stdout);
  expect(outcome.elapsedMs).toBeLessThan(2000);
  expect(performance.now() - startedAt).toBeLessThan(6000);
  await slow.close();
});

test.concurrent.each([
  ['lsit', 'list'],
  ['emulater', 'emulator'],
])('%s, which the API does not know, is nearly the command %s', async (word, command) => {
  const strict = await start({
    port: 0,
    intercept: ({ modelId }) => ({
      status: 404,
      headers: {},
      text: JSON.stringify({ status: 'error', message: `Model not found: ${modelId}` }),
    }),
  });
  const env = { MODELSLAB_BASE_URL: strict.url };
  const near = await reload(word, { env });
  expect(near.code).toBe(5);
  expect(near.stderr).toContain(`Did you mean the command? modelslab-reload ${command}`);
  expect((await reload('my-model', { env })).stderr).not.toContain('Did you mean');
  expect((await reload(`${word} -o json`, { env })).stdout).not.toContain('Did you mean');
  await strict.close();
});

test.concurrent('a key that the server echoes in every way is in no output', async () => {
  const server = await start({ port: 0, apiKey: KEY });
  const record = join(cwd, 'echo.ndjson');
  const spellings = [KEY, JSON.stringify(KEY).slice(1, -1), encodeURIComponent(KEY), btoa(KEY)];
  for (const format of ['text', 'json', 'ndjson']) {
    const { code, stdout, stderr } = await reload(
      `--retries 0 -v -o ${format} echoes-key --record ${record} --base-url ${server.url}`,
      { env: { MODELSLAB_API_KEY: KEY } },
    );
    expect(code).toBe(1);
    expect(stdout).toContain('[redacted]');
    const all = stdout + stderr + readFileSync(record, 'utf8');
    for (const spelling of spellings) expect(all).not.toContain(spelling);
  }
  await server.close();
});

test.concurrent.each([
  ['a file', '--api-key-file key-crlf.txt', ''],
  ['standard input', '--api-key-file -', 'demo-key\n'],
])('the key from %s wins over the environment', async (_name, option, input) => {
  writeFileSync(join(cwd, 'key-crlf.txt'), '\uFEFFdemo-key\r\n');
  const { code } = await reload(`${option} loaded`, { input, env: { MODELSLAB_API_KEY: 'wrong' } });
  expect(code).toBe(0);
});

test.concurrent('a home that cannot be written and no home at all', async () => {
  for (const HOME of ['/nowhere', undefined]) {
    expect((await reload('-q loaded', { env: { HOME } })).code).toBe(0);
  }
});

test.concurrent('a model that loads on to the deadline is told of, and that it is not asked again', async () => {
  // Without --poll-interval the next request would come after 2 minutes.
  const env = { MODELSLAB_API_KEY: 'demo-key', MODELSLAB_BASE_URL: emulator.url };
  const { code, stderr } = await cli(['always-processing', '--timeout', '1s'], { env });
  expect(code).toBe(7);
  expect(stderr).toContain(
    '  always-processing: processing, "Model is reloading"; no time left to ask again\n',
  );
  const accepted = await cli(['always-processing', '--no-wait'], { env });
  expect(accepted.stderr).not.toContain('no time left');
});
