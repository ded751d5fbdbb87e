import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { checkVerbosity, openClient } from './client.ts';

const folder = mkdtempSync(join(tmpdir(), 'modelslab-reload-'));

afterEach(() => vi.unstubAllEnvs());

test('--quiet and --verbose exclude each other', () => {
  expect(() => checkVerbosity({ quiet: true, verbose: true })).toThrow('exclude each other');
  expect(() => checkVerbosity({ quiet: true })).not.toThrow();
});

test('an empty MODELSLAB_BASE_URL is the same as none', () => {
  vi.stubEnv('MODELSLAB_BASE_URL', '');
  expect(() => openClient({}, 'the-key')).not.toThrow();
});

test('--base-url wins over MODELSLAB_BASE_URL', () => {
  vi.stubEnv('MODELSLAB_BASE_URL', 'nowhere');
  expect(() => openClient({}, 'the-key')).toThrow('nowhere');
  expect(() => openClient({ 'base-url': 'https://api.example' }, 'the-key')).not.toThrow();
});

test('http: to another machine is rejected with the option that allows it', () => {
  const url = { 'base-url': 'http://192.0.2.1' };
  expect(() => openClient(url, 'the-key')).toThrow(
    expect.objectContaining({ hint: expect.stringContaining('--allow-insecure-http') }),
  );
  expect(() => openClient({ ...url, 'allow-insecure-http': true }, 'the-key')).not.toThrow();
});

test('an option that is not valid leaves the file of --record alone', () => {
  const record = join(folder, 'untouched.ndjson');
  expect(() => openClient({ record, 'base-url': 'nowhere' }, 'the-key')).toThrow('nowhere');
  expect(existsSync(record)).toBe(false);
});

test('--record does not overwrite a file that is read', () => {
  const ids = join(folder, 'ids.txt');
  writeFileSync(ids, 'a\n');
  expect(() => openClient({ record: ids }, 'the-key', ['-', ids])).toThrow(
    `--record would overwrite ${ids}, which is read.`,
  );
});
