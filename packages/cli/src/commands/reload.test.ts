import type { Client, Outcome } from '@modelslab-reload/core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { failed, succeeded } from '../../test/events.ts';
import { isolateProcessListeners } from '../../test/process-listeners.ts';
import * as client from '../client.ts';
import type { ReloadFlags } from '../options.ts';
import * as stdout from '../output/stdout.ts';
import { reload } from './reload.ts';

vi.mock('../client.ts', { spy: true });
vi.mock('../output/stdout.ts', { spy: true });

isolateProcessListeners();

let printed = '';
let logged = '';

beforeEach(() => {
  printed = '';
  logged = '';
  vi.stubEnv('MODELSLAB_API_KEY', 'the-key');
  vi.spyOn(stdout, 'print').mockImplementation((text) => {
    printed += text;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    logged += String(text);
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

const reloadMany = vi.fn<Client['reloadMany']>();

function use(run: () => AsyncGenerator<Outcome, void, undefined>, trained: string[] = []): void {
  reloadMany.mockReset().mockImplementation(run);
  vi.spyOn(client, 'openClient').mockReturnValue({
    reload: () => Promise.reject(new Error('not used')),
    reloadMany,
    listTrainedModels: () => Promise.resolve(trained),
  });
}

test('a run that ends with an unexpected error prints the finished models, in every format', async () => {
  for (const output of ['json', 'ndjson', 'text'] as const) {
    printed = '';
    const error = new TypeError('unforeseen');
    use(async function* run() {
      yield succeeded('a');
      await Promise.resolve();
      throw error;
    });
    await expect(reload({ output }, ['a', 'b'])).rejects.toBe(error);
    expect(printed).toContain('Model reloaded');
    if (output === 'json') expect(JSON.parse(printed)).toEqual([succeeded('a')]);
    expect(logged).toContain('1 succeeded in ');
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
  const flags = { 'all-trained': true, until: 'image', timeout: 5000, output: 'ndjson' } as const;
  expect(await reload(flags, ['a', 'b', 'a'])).toBe(1);
  expect(reloadMany).toHaveBeenCalledExactlyOnceWith(
    ['a', 'b', 'c'],
    expect.objectContaining({ until: 'image', timeoutMs: 5000, signal: expect.any(AbortSignal) }),
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

test.each<[ReloadFlags, string[], string]>([
  [{}, [], 'No model ids were given.'],
  [
    { 'no-wait': true, until: 'success' },
    ['a'],
    '--no-wait and --until success cannot be combined.',
  ],
  [{ quiet: true, verbose: true }, ['a'], '--quiet and --verbose cannot be combined.'],
  [{ file: ['-'], 'api-key-file': '-' }, [], 'Standard input (-) is used twice.'],
])('%j with the ids %j is rejected: %s', async (flags, ids, message) => {
  use(async function* run() {});
  await expect(reload(flags, ids)).rejects.toThrow(message);
});
