import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Outcome } from '@modelslab-reload/core';
import { start, type Emulator } from '@modelslab-reload/emulator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isFull } from '../../core/test/effort.ts';
import type { Ran } from './cli.ts';
import { run, type TestProcessOptions } from './process.ts';

const schemaFile = new URL(import.meta.resolve('@modelslab-reload/core/outcome.schema.json'));
const isOutcome = new Ajv2020({ validateFormats: false }).compile(
  JSON.parse(readFileSync(schemaFile, 'utf8')),
);

const folder = mkdtempSync(join(tmpdir(), 'modelslab-reload-'));
let emulator: Emulator;
let empty: Emulator;

beforeAll(async () => {
  emulator = await start({
    port: 0,
    loadTimeMs: 300,
    queueLimit: 100,
    retryAfterMs: 1000,
    loaded: ['loaded', 'also-loaded', 'third', 'style'],
    loraOnly: ['style'],
    models: ['loaded', 'also-loaded'],
  });
  empty = await start({ port: 0 });
});
afterAll(() => Promise.all([emulator.close(), empty.close()]));

/** Runs against the emulator with short intervals. */
function reload(line: string, options: TestProcessOptions = {}): Promise<Ran> {
  const args = line.split(' ').filter((word) => word !== '');
  return run(['--poll-interval', '100ms', ...args], {
    ...options,
    env: { MODELSLAB_BASE_URL: emulator.url, ...options.env },
  });
}

// The core's tests cover every kind of reply. These cover the output for a success, a wait and a failure.
test.concurrent.each([
  ['loaded', 0, ['loaded success']],
  ['--no-wait cold-2', 0, ['cold-2 processing']],
  ['--until image cold-9', 0, ['cold-9 success']],
  ['--timeout 400ms always-processing', 7, ['always-processing wait_timeout']],
  ['cold-1 not-found loaded', 5, ['cold-1 success', 'not-found model_not_found', 'loaded success']],
  ['not-found http-200-error', 1, ['not-found model_not_found', 'http-200-error api_error']],
])(
  '%s ends with exit code %i and outcomes in the order of the input',
  async (line, exitCode, expected) => {
    const { code, stdout } = await reload(`${line} --output json`);
    const outcomes = JSON.parse(stdout) as Outcome[];
    expect(outcomes.filter((outcome) => !isOutcome(outcome))).toEqual([]);
    expect(
      outcomes.map(({ modelId, status, error }) => `${modelId} ${error?.code ?? status}`),
    ).toEqual(expected);
    expect(code).toBe(exitCode);
  },
);

test.concurrent('ndjson is printed as each model finishes, and can be passed to --file', async () => {
  const { stdout } = await reload('-o ndjson cold-10 loaded');
  const ids = (text: string) =>
    text
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as Outcome).modelId);
  expect(ids(stdout)).toEqual(['loaded', 'cold-10']);
  const again = await reload('-q -o ndjson --file -', { input: stdout });
  expect(again.code).toBe(0);
  expect(ids(again.stdout).toSorted()).toEqual(['cold-10', 'loaded']);
});

test.concurrent('the json of list and reload can be passed to --file', async () => {
  const list = await run(['list', '-o', 'json'], { env: { MODELSLAB_BASE_URL: emulator.url } });
  const first = await reload('-q -o json -f -', { input: list.stdout });
  const second = await reload('-q -o json -f -', { input: first.stdout });
  expect(second.code).toBe(0);
  expect((JSON.parse(second.stdout) as Outcome[]).map(({ modelId }) => modelId)).toEqual([
    'loaded',
    'also-loaded',
  ]);
});

test.concurrent('text: results are on stdout, everything else on stderr', async () => {
  const { code, stdout, stderr } = await reload('loaded cold-4 not-found');
  expect(code).toBe(5);
  const [first, second, third] = stdout.trimEnd().split('\n').toSorted();
  expect(first).toMatch(/^✓ cold-4 {5}success +\S+ {2}"Model reloaded", after processing$/);
  expect(second).toMatch(/^✓ loaded {5}success +\S+  "Model reloaded"$/);
  expect(third).toMatch(/^✗ not-found  error +\S+  model_not_found: Model not found: not-found$/);
  expect(stderr).toMatch(/^ {2}cold-4: processing, "Model is reloading"; next request in \d+ms$/m);
  expect(stderr).toMatch(/^2 succeeded, 1 failed in \S+$/m);
  expect(stderr).toMatch(/^ {2}not-found: model_not_found\. Check the model id/m);
  expect(stderr).not.toContain('\u001B');
});

test.concurrent('an image is printed with its URL', async () => {
  const { code, stdout, stderr } = await reload('--until image loaded');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^✓ loaded  success +\S+  image https?:\/\/\S+$/m);
  expect(stderr).not.toContain('first reply');
});

test.concurrent('--quiet prints nothing but results, and one line about a failed run for cron to mail', async () => {
  expect(await reload('-q loaded')).toMatchObject({ code: 0, stderr: '' });
  const { code, stdout, stderr } = await reload('-q -o ndjson loaded not-found cold-7');
  expect(code).toBe(5);
  expect(stdout.trimEnd().split('\n')).toHaveLength(3);
  expect(stderr).toBe('modelslab-reload: 2 succeeded, 1 failed; not-found: model_not_found\n');
});

test.concurrent('--quiet prints one line about a wrong key, and does not count the models', async () => {
  const { code, stderr } = await reload('-q loaded', {
    env: { MODELSLAB_API_KEY: 'wrong-key' },
  });
  expect(code).toBe(3);
  expect(stderr).toBe('modelslab-reload: 1 failed; loaded: unauthorized\n');
});

test.concurrent('--verbose prints each request: attempt, result, and when and why the next follows', async () => {
  const { stderr } = await reload('-v cold-8');
  expect(stderr).toMatch(
    /^cold-8: request 1 at \S+: HTTP 200, processing, "Model is reloading"; next in \d+ms, while it loads \(--poll-interval\)$/m,
  );
  expect(stderr).toMatch(
    /^cold-8: request \d at \S+: HTTP 200, success, "Model reloaded"; no more requests$/m,
  );
});

test.concurrent('ids from arguments, files, standard input and --all-trained are combined', async () => {
  const crlf = join(folder, 'crlf.txt');
  writeFileSync(crlf, '\uFEFFthird\r\n# no\r\nalso-loaded # yes\r\n\r\n');
  const { code, stdout } = await reload(`-q -o ndjson loaded -f ${crlf} -f - --all-trained`, {
    input: 'from-stdin\nloaded\n',
  });
  expect(code).toBe(0);
  const ids = stdout
    .trimEnd()
    .split('\n')
    .map((line) => String(JSON.parse(line).modelId));
  expect(ids.toSorted()).toEqual(['also-loaded', 'from-stdin', 'loaded', 'third']);
});

test.concurrent('--exclude leaves models out, and warns of one that is not in the list', async () => {
  const line = 'loaded third --all-trained --exclude third --exclude typo --exclude also-loaded';
  const { code, stdout, stderr } = await reload(`${line} -o ndjson`);
  expect(code).toBe(0);
  expect(
    stdout
      .trimEnd()
      .split('\n')
      .map((one) => JSON.parse(one).modelId),
  ).toEqual(['loaded']);
  expect(stderr).toMatch(/^warning: --exclude typo: not in the list of models/m);
  const none = await reload('loaded --exclude loaded');
  expect(none).toMatchObject({
    code: 0,
    stdout: '',
    stderr: 'All models are left out, so there is none to reload.\n',
  });
  const twice = await reload('loaded third --exclude third --exclude third -o ndjson');
  expect(twice.stderr).not.toContain('warning');
  const quiet = await reload('loaded --exclude loaded --exclude typo -q -o json');
  expect(quiet).toMatchObject({ code: 0, stdout: '[]\n', stderr: '' });
});

test.concurrent.each([
  ['loaded --exclude a,b', /--exclude: The model id "a,b" has a comma at character 2/],
  ['loaded,third', /argument 1: The model id "loaded,third" has a comma at character 7/],
  ['--all-trained --until image', /would bill an image of every model of the account/],
  ['loaded --until image --max-images -1', /--max-images must be a whole number of at least 0/],
  ['loaded --image-base-model a,b', /--image-base-model must be a model id, not "a,b"/],
])('%s is rejected', async (line, message) => {
  const { code, stdout, stderr } = await reload(line);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr.replace(/\s+/g, ' ')).toMatch(message);
});

test.concurrent('--max-images ends the models that are left without an image, with exit code 1', async () => {
  const line = 'loaded also-loaded third --until image --max-images 2 --concurrency 1 -o json';
  const { code, stdout } = await reload(line);
  const outcomes = JSON.parse(stdout) as Outcome[];
  expect(outcomes.map(({ error }) => error?.code ?? 'image').toSorted()).toEqual([
    'image',
    'image',
    'image_limit',
  ]);
  expect(code).toBe(1);
  const isImage = ({ path }: { path: string }) => path.endsWith('/text2img');
  expect(outcomes.filter((outcome) => !isOutcome(outcome))).toEqual([]);
  expect(emulator.requests.some(isImage)).toBe(true);
});

test.concurrent('--image-base-model checks a LoRA with its base model', async () => {
  expect((await reload('style --until image --image-base-model flux -q')).code).toBe(0);
});

test.concurrent('standard input is read as Windows PowerShell writes it', async () => {
  const input = Buffer.from('\uFEFFloaded\r\n', 'utf16le');
  const { code, stdout } = await reload('-f -', { input });
  expect(code).toBe(0);
  expect(stdout).toMatch(/^✓ loaded /);
});

const MANY = isFull ? 10_000 : 500;

test.concurrent('thousands of ids in a file are reloaded', async () => {
  const many = join(folder, 'many.txt');
  writeFileSync(many, Array.from({ length: MANY }, (_, at) => `m-${at}\n`).join(''));
  const { code, stdout, stderr } = await reload(`-f ${many} -o json`, {
    env: { MODELSLAB_API_KEY: 'wrong' },
  });
  expect(code).toBe(3);
  expect(JSON.parse(stdout)).toHaveLength(MANY);
  expect(stderr).toContain(` and ${MANY - 3} more: unauthorized.`);
});

test.concurrent('an account without trained models is not a failure', async () => {
  const env = { MODELSLAB_BASE_URL: empty.url };
  const text = await reload('--all-trained', { env });
  expect(text).toEqual({
    code: 0,
    signal: null,
    stdout: '',
    stderr: expect.stringContaining('no trained models'),
  });
  expect(await reload('--all-trained -q -o json', { env })).toEqual({
    code: 0,
    signal: null,
    stdout: '[]\n',
    stderr: '',
  });
});

test.concurrent('if the list fails, --all-trained prints its error and no results, and ends with its exit code', async () => {
  const { code, stdout, stderr } = await reload('--all-trained loaded -o json', {
    env: { MODELSLAB_API_KEY: 'wrong' },
  });
  expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
  expect(stderr).toMatch(/^modelslab-reload: Invalid API key/);
});

test.concurrent('an unknown model gets a hint about the list, or about a command with a similar name', async () => {
  const strict = await start({
    port: 0,
    intercept: ({ modelId }) => ({
      status: 404,
      headers: {},
      text: JSON.stringify({ status: 'error', message: `Model not found: ${modelId}` }),
    }),
  });
  const env = { MODELSLAB_BASE_URL: strict.url };
  const near = await reload('lsit', { env });
  expect(near.code).toBe(5);
  expect(near.stderr).toContain('Did you mean the command? modelslab-reload list');
  const unknown = await reload('my-model', { env });
  expect(unknown.stderr).not.toContain('Did you mean');
  expect(unknown.stderr).toMatch(/my-model: model_not_found\. .*`modelslab-reload list`/);
  await strict.close();
});
