import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { TestProcess, type TestProcessOptions } from '../../test/process.ts';
import { MAX_KEY_LENGTH } from './known-keys.ts';
import { readApiKey } from './api-key.ts';

const folder = mkdtempSync(join(tmpdir(), 'modelslab-reload-'));

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** Reads the key of a file, or of the environment. */
const readKey = (file?: string, MODELSLAB_API_KEY?: string, more: TestProcessOptions = {}) =>
  readApiKey(new TestProcess({ ...more, env: { MODELSLAB_API_KEY } }).io, file);

test('the key of the environment is trimmed', async () => {
  expect(await readKey(undefined, ' \tthe-key\r\n')).toBe('the-key');
});

test.each([
  ['a line end', 'the-key\n'],
  ['a byte order mark and spaces', '\uFEFF  the-key \r\n\r\n'],
])('the key of a file with %s wins over the environment', async (_name, text) => {
  expect(await readKey(write('key.txt', text), 'another-key')).toBe('the-key');
});

test('the key of a file is redacted from then on, and that of the environment always', async () => {
  const { io } = new TestProcess({ env: { MODELSLAB_API_KEY: 'environment-key' } });
  await readApiKey(io, write('key.txt', 'file-key-0123'));
  expect(io.redactKeys('"file-key-0123", environment-key')).toBe('"[redacted]", [redacted]');
});

test.each([
  ['an empty file', '', /^No API key found in .*bad\.txt\.$/],
  ['a file of spaces', ' \n\n', /^No API key found in/],
  ['a file that is too long for a key', 'x'.repeat(5000), /bad\.txt is too long: 5000 characters/],
  ['a file that is too large', 'x'.repeat(200_000), /bad\.txt is too large: the limit is 64 KiB/],
])('%s is rejected, and its text is not quoted', async (_name, text, message) => {
  await expect(readKey(write('bad.txt', text))).rejects.toThrow(message);
});

test.each([undefined, '', '  '])(
  'without a key (%j) the error explains where to get one',
  async (key) => {
    await expect(readKey(undefined, key)).rejects.toMatchObject({
      message: expect.stringContaining('https://modelslab.com'),
      hint: expect.stringMatching(
        /^Set it for this shell: .*MODELSLAB_API_KEY.*\n.*--api-key-file/,
      ),
      exitCode: 2,
    });
  },
);

test('a key in the environment that is too long is rejected', async () => {
  await expect(readKey(undefined, 'y'.repeat(5000))).rejects.toThrow(
    /^The API key in MODELSLAB_API_KEY is too long/,
  );
});

test('A key of the maximum length is accepted, and a longer one is rejected with a hint.', async () => {
  const longest = 'x'.repeat(MAX_KEY_LENGTH);
  expect(await readKey(write('key.txt', longest))).toBe(longest);
  await expect(readKey(write('key.txt', `${longest}x`))).rejects.toMatchObject({
    hint: 'It must be the key and nothing else.',
  });
});

test('An empty file is rejected with a hint, and a file that is too large with its purpose.', async () => {
  await expect(readKey(write('key.txt', ''))).rejects.toMatchObject({
    hint: 'It must contain the key and nothing else.',
  });
  await expect(readKey(write('key.txt', 'x'.repeat(65_537)))).rejects.toThrow(/64 KiB/);
});

test.each([
  ['win32', 'set /p MODELSLAB_API_KEY='],
  ['linux', 'read -rs MODELSLAB_API_KEY && export MODELSLAB_API_KEY'],
] as const)(
  'Without a key, the hint has the command for the shell on %s.',
  async (platform, command) => {
    await expect(readKey(undefined, '', { platform })).rejects.toMatchObject({
      hint: `Set it for this shell: ${command}   (then paste it and press Enter)\nOr save it in a file, and use --api-key-file <path>.`,
    });
  },
);
