import type * as fs from 'node:fs';
import { mkdtempSync, readFileSync, symlinkSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Transport } from '@modelslab-reload/core';
import { afterEach, expect, test, vi } from 'vitest';
import { recordTo, type RecordedExchange } from './record.ts';
import { endProcess } from './signals.ts';

// Only one function, because a spy on all of node:fs would replace the methods of its streams in every file of the
// process.
vi.mock('node:fs', async (original) => {
  const real = await original<typeof fs>();
  return { ...real, writeSync: vi.fn<typeof fs.writeSync>(real.writeSync) };
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.mocked(writeSync).mockReset();
});

const KEY = 'the-secret-key';
const path = join(mkdtempSync(join(tmpdir(), 'modelslab-reload-')), 'record.ndjson');
const request = {
  method: 'POST' as const,
  url: 'https://api.example/reload',
  headers: { 'user-agent': 'test' },
  body: JSON.stringify({ key: KEY, model_id: 'a' }),
};
const { signal } = new AbortController();

function open(transport: Transport): Transport {
  return recordTo(path, transport, KEY, []);
}

function lines(): RecordedExchange[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as RecordedExchange);
}

test('an exchange is a line with its time, without the key in any text or name', async () => {
  const reply = {
    status: 200,
    headers: { [`x-${KEY}`]: ['a', KEY], date: KEY },
    text: `{"message":"${KEY}"}`,
  };
  const record = open(async () => {
    await sleep(50);
    return reply;
  });
  expect(await record(request, signal)).toBe(reply);
  const [exchange, ...more] = lines();
  expect(more).toEqual([]);
  expect(exchange).toEqual({
    at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    elapsedMs: expect.any(Number),
    request: { ...request, body: '{"key":"[redacted]","model_id":"a"}' },
    reply: {
      status: 200,
      headers: { 'x-[redacted]': ['a', '[redacted]'], date: '[redacted]' },
      text: '{"message":"[redacted]"}',
    },
    error: null,
  });
  expect(exchange?.elapsedMs).toBeGreaterThanOrEqual(45);
  expect(exchange?.elapsedMs).toBeLessThan(5000);
});

test('a failure is recorded and passed on', async () => {
  const failure = new Error(`connect ${KEY}`);
  const record = open(() => Promise.reject(failure));
  await expect(record(request, signal)).rejects.toBe(failure);
  expect(lines()).toMatchObject([{ reply: null, error: 'Error: connect [redacted]' }]);
});

test('an aborted request is recorded as such', async () => {
  const record = open(() => Promise.reject(new Error('internal')));
  await expect(record(request, AbortSignal.abort())).rejects.toThrow('internal');
  expect(lines()).toMatchObject([{ error: 'The request was aborted before the reply.' }]);
});

test('a request that is open when the process ends is recorded', async () => {
  const exit = vi.spyOn(process, 'exit').mockImplementation(() => undefined as never);
  const record = open(() => new Promise(() => {}));
  void record(request, signal);
  endProcess(0);
  expect(exit).toHaveBeenCalledOnce();
  expect(lines()).toMatchObject([{ reply: null, error: 'The run ended before the reply.' }]);
});

test('an input file is not overwritten, even under another name', () => {
  const input = join(dirname(path), 'ids.txt');
  writeFileSync(input, 'a\n');
  const names = [input, join(dirname(path), '.', 'ids.txt')];
  // On Windows only an administrator may do this.
  if (process.platform !== 'win32') {
    names.push(join(dirname(path), 'link.txt'));
    symlinkSync(input, join(dirname(path), 'link.txt'));
  }
  const transport = () => Promise.reject(new Error('not sent'));
  for (const name of names) {
    expect(() => recordTo(name, transport, KEY, ['-', input])).toThrow(
      expect.objectContaining({
        message: `--record would overwrite ${input}, which is read.`,
        hint: 'Use another file.',
      }),
    );
  }
  expect(readFileSync(input, 'utf8')).toBe('a\n');
  expect(() => recordTo(path, transport, KEY, ['-', input, 'missing.txt'])).not.toThrow();
  expect(() => recordTo('missing.txt', transport, KEY, ['./missing.txt'])).toThrow('overwrite');
  // The input - is not a file of this name.
  vi.spyOn(process, 'cwd').mockReturnValue(dirname(path));
  expect(() => recordTo(join(dirname(path), '-'), transport, KEY, ['-'])).not.toThrow();
});

test('an existing file is replaced', () => {
  writeFileSync(path, 'old\n');
  open(() => Promise.reject(new Error('not sent')));
  expect(readFileSync(path, 'utf8')).toBe('');
});

test('a write failure ends the record with one message, but not the run', async () => {
  const record = open(() => Promise.resolve({ status: 200, headers: {}, text: '' }));
  const full = Object.assign(new Error('ENOSPC: \u001B[2J'), { code: 'ENOSPC' });
  vi.mocked(writeSync).mockImplementation(() => {
    throw full;
  });
  const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  await record(request, signal);
  await record(request, signal);
  expect(stderr.mock.calls.map(([text]) => text)).toEqual([
    'modelslab-reload: The record ends here: no space left.\n',
  ]);
});

test.each([
  ['-', '--record needs a file: stdout is for the results.', 'such as --record record.ndjson.'],
  [
    'missing/record',
    'missing/record cannot be written: no such file or folder.',
    'writable folder.',
  ],
  ['.', '. cannot be written: it is a folder.', 'writable folder.'],
])('the file %s is rejected: %s', (file, message, hint) => {
  const record = () => recordTo(file, () => Promise.reject(new Error('not sent')), KEY, []);
  expect(record).toThrow(expect.objectContaining({ message, hint: expect.stringContaining(hint) }));
});
