import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { TestProcess } from '../test/process.ts';
import { openClient, toClientOptions } from './client.ts';

const folder = mkdtempSync(join(tmpdir(), 'modelslab-reload-'));

const { io } = new TestProcess();
const ioWith = (MODELSLAB_BASE_URL: string) => new TestProcess({ env: { MODELSLAB_BASE_URL } }).io;

test('the client gets every option of the command line', () => {
  const flags = {
    'base-url': 'http://192.0.2.1',
    'allow-insecure-http': true,
    concurrency: 9,
    retries: 0,
    'poll-interval': 1000,
    'request-timeout': 2000,
  } as const;
  expect(toClientOptions(io, flags, 'the-key')).toEqual({
    apiKey: 'the-key',
    baseUrl: 'http://192.0.2.1',
    allowInsecureHttp: true,
    concurrency: 9,
    maxRetries: 0,
    pollIntervalMs: 1000,
    requestTimeoutMs: 2000,
  });
});

test('an empty MODELSLAB_BASE_URL is ignored', () => {
  expect(() => openClient(ioWith(''), {}, 'the-key')).not.toThrow();
});

test('--base-url wins over MODELSLAB_BASE_URL, and an invalid one is named', () => {
  const misled = ioWith('nowhere');
  expect(() => openClient(misled, {}, 'the-key')).toThrow('MODELSLAB_BASE_URL "nowhere"');
  expect(() => openClient(io, { 'base-url': 'nowhere' }, 'the-key')).toThrow(
    '--base-url "nowhere"',
  );
  expect(() => openClient(misled, { 'base-url': 'https://api.example' }, 'the-key')).not.toThrow();
});

test('http: to another machine is rejected with the option that allows it', () => {
  const url = { 'base-url': 'http://192.0.2.1' };
  expect(() => openClient(io, url, 'the-key')).toThrow(
    expect.objectContaining({ hint: expect.stringContaining('--allow-insecure-http') }),
  );
  expect(() => openClient(io, { ...url, 'allow-insecure-http': true }, 'the-key')).not.toThrow();
});

test('an invalid option does not change the file of --record', () => {
  const record = join(folder, 'untouched.ndjson');
  expect(() => openClient(io, { record, 'base-url': 'nowhere' }, 'the-key')).toThrow('nowhere');
  expect(existsSync(record)).toBe(false);
});

test('--record has the requests of the client', async () => {
  const record = join(folder, 'record.ndjson');
  const nowhere = { 'base-url': 'http://127.0.0.1:1', retries: 0, record };
  await expect(openClient(io, nowhere, 'the-key').reload('a')).rejects.toMatchObject({
    code: 'network_error',
  });
  expect(JSON.parse(readFileSync(record, 'utf8'))).toMatchObject({
    request: {
      url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:1\/api/),
      body: '{"key":"[redacted]","model_id":"a"}',
    },
  });
});

test.each([
  ['ids', (path: string) => ({ file: ['-', path] })],
  ['the key', (path: string) => ({ 'api-key-file': path })],
])('--record does not overwrite the file from which %s is read', (_, flagsFor) => {
  const record = join(folder, 'input.txt');
  writeFileSync(record, 'a\n');
  expect(() => openClient(io, { record, ...flagsFor(record) }, 'the-key')).toThrow(
    `--record would overwrite ${record}, which is read.`,
  );
});
