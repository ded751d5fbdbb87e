import type { Client, Outcome } from '@modelslab-reload/core';
import { afterEach, expect, test, vi } from 'vitest';
import { failed, processing, succeeded } from '../../test/events.ts';
import { TestProcess } from '../../test/process.ts';
import * as client from '../client.ts';
import type { CommandError } from '../errors.ts';
import type { ReloadFlags } from '../options.ts';
import * as command from './reload.ts';

let printed = '';
let logged = '';

afterEach(() => void vi.restoreAllMocks());

/** Runs the command, and collects its output even if it throws. */
async function reload(flags: ReloadFlags, ids: string[], env: NodeJS.ProcessEnv = {}) {
  const { io, stdout, stderr } = new TestProcess({ env: { MODELSLAB_API_KEY: 'the-key', ...env } });
  try {
    return await command.reload(io, flags, ids);
  } finally {
    await io.flush(Infinity);
    printed = stdout.text;
    logged = stderr.text;
  }
}

const unused = () => Promise.reject(new Error('not used'));
const reloadMany = vi.fn<Client['reloadMany']>();

function use(run: () => AsyncGenerator<Outcome, void, undefined>, trained: string[] = []): void {
  reloadMany.mockReset().mockImplementation(run);
  vi.spyOn(client, 'openClient').mockReturnValue({
    reload: unused,
    step: unused,
    withModel: unused,
    reloadMany,
    listTrainedModels: () => Promise.resolve(trained),
  });
}

test('a run that ends with an unexpected error prints the finished models, in every format', async () => {
  for (const output of ['json', 'ndjson', 'text'] as const) {
    const error = new TypeError('unforeseen');
    use(async function* run() {
      yield succeeded('a', { evidence: 'reply' });
      await Promise.resolve();
      throw error;
    });
    await expect(reload({ output }, ['a', 'b'])).rejects.toBe(error);
    expect(printed).toContain('Model reloaded');
    if (output === 'json')
      expect(JSON.parse(printed)).toEqual([succeeded('a', { evidence: 'reply' })]);
    expect(logged).toContain('1 succeeded in ');
    expect(logged.includes('is based only on the first reply')).toBe(output === 'text');
  }
});

test('each distinct id is reloaded once, with the options of the command line', async () => {
  use(
    async function* run() {
      yield failed('a', 'api_error');
      yield failed('b', 'api_error');
      yield succeeded('c');
    },
    ['c', 'a'],
  );
  const flags = {
    'all-trained': true,
    until: 'image',
    'max-images': 9,
    'image-base-model': 'flux',
    timeout: 5000,
    output: 'ndjson',
  } as const;
  expect(await reload(flags, ['a', 'b', 'a'])).toBe(1);
  expect(reloadMany).toHaveBeenCalledExactlyOnceWith(
    ['a', 'b', 'c'],
    expect.objectContaining({
      until: 'image',
      maxImages: 9,
      imageBaseModel: 'flux',
      timeoutMs: 5000,
      signal: expect.any(AbortSignal),
    }),
  );
  expect(printed.trimEnd().split('\n')).toHaveLength(3);
});

test.each([
  [{}, 'success'],
  [{ 'no-wait': true }, 'accepted'],
  [{ 'no-wait': true, until: 'accepted' }, 'accepted'],
] as const)('with %j the run is until %s', async (flags, until) => {
  use(async function* run() {
    yield succeeded('a');
  });
  expect(await reload({ ...flags, quiet: true }, ['a'])).toBe(0);
  expect(reloadMany.mock.lastCall?.[1]?.until).toBe(until);
  expect(logged).toBe('');
});

test.each([
  ['text', ''],
  ['json', '[]\n'],
  ['ndjson', ''],
] as const)('an account without trained models is printed as %s: %j', async (output, text) => {
  use(async function* run() {}, []);
  expect(await reload({ 'all-trained': true, output }, [])).toBe(0);
  expect(printed).toBe(text);
  expect(logged).toContain('no trained models');
  expect(reloadMany).not.toHaveBeenCalled();
});

test.each<[ReloadFlags, string[], string, string]>([
  [
    {},
    [],
    'No model ids were given.',
    'Give model ids, --file <path> or --all-trained; see modelslab-reload --help.',
  ],
  [
    { 'no-wait': true, until: 'success' },
    ['a'],
    '--no-wait and --until success cannot be combined.',
    'Use only one.',
  ],
  [
    { file: ['-'], 'api-key-file': '-' },
    [],
    'Standard input (-) is used twice.',
    'Use - for one option, and a file for the other.',
  ],
])('%j with the ids %j is rejected: %s', async (flags, ids, message, hint) => {
  use(async function* run() {});
  await expect(reload(flags, ids)).rejects.toMatchObject({ message, hint });
});

test('files and standard input, each given once, are read in their order', async () => {
  use(async function* run() {});
  await expect(reload({ file: ['missing', '-'] }, [])).rejects.toThrow('missing cannot be read');
});

const SUGGESTION = 'Did you mean the command? modelslab-reload list';

test.each<[string, string[], Outcome[], boolean]>([
  ['one unknown model', ['lst'], [failed('lst', 'model_not_found')], true],
  ['also beside others', ['lst', 'a'], [succeeded('a'), failed('lst', 'model_not_found')], true],
  ['not for another failure', ['lst'], [failed('lst', 'api_error')], false],
  [
    'not for another model',
    ['lst', 'a'],
    [succeeded('lst'), failed('a', 'model_not_found')],
    false,
  ],
  ['not for an id like no command', ['abc'], [failed('abc', 'model_not_found')], false],
])('the command that was meant is suggested: %s', async (_name, ids, outcomes, isSuggested) => {
  use(async function* run() {
    yield* outcomes;
  });
  await reload({}, ids);
  expect(logged.endsWith(`\n${SUGGESTION}\n`)).toBe(isSuggested);
  expect(logged.includes('Did you mean')).toBe(isSuggested);
});

test.each([
  [['lst'], `--api-key-file <path>.\n${SUGGESTION}`],
  [['abc'], '--api-key-file <path>.'],
  [[], '--api-key-file <path>.'],
])('without a key the hint for the ids %j ends with %j', async (ids, end) => {
  const run = reload({ 'all-trained': true }, ids, { MODELSLAB_API_KEY: '' });
  const error = await run.catch((reason: unknown) => reason);
  expect(error).toMatchObject({ hint: expect.stringMatching(/^Set it/), exitCode: 2 });
  expect((error as CommandError).hint?.endsWith(end)).toBe(true);
});

test.each<[ReloadFlags, string]>([
  [{}, '  a: processing, "Model is reloading"; next request in 2m 10s\n'],
  [{ verbose: true }, dim('next in 2m 10s, while it loads')],
  [
    { verbose: true, 'poll-interval': 5000 },
    dim('next in 2m 10s, while it loads (--poll-interval)'),
  ],
])('with %j a reply is logged, and the results are a text', async (flags, line) => {
  vi.spyOn(performance, 'now').mockReturnValue(5000);
  use(
    async function* run() {
      reloadMany.mock.lastCall?.[1]?.onReply?.(processing('a'));
      yield succeeded('a', { evidence: 'reply' });
    },
    ['of the account'],
  );
  expect(await reload(flags, ['a'], { FORCE_COLOR: '1' })).toBe(0);
  expect(reloadMany.mock.lastCall?.[0]).toEqual(['a']);
  expect(printed).toContain('a  success');
  expect(logged).toContain(line);
  expect(logged).toContain('1 succeeded in 0ms');
  expect(logged).toContain('is based only on the first reply');
});

function dim(end: string): string {
  return `\u001B[2ma: request 1 at 0ms: HTTP 200, processing, "Model is reloading"; ${end}\u001B[22m\n`;
}
