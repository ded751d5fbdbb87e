import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { start, type Emulator } from '@modelslab-reload/emulator';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { run } from './process.ts';

const folder = mkdtempSync(join(tmpdir(), 'modelslab-reload-'));
/** The path of a file, as it is in `line` without its folder. */
const toPath = (word: string) => (/\.(?:txt|env)$/.test(word) ? join(folder, word) : word);
let emulator: Emulator;

beforeAll(async () => {
  emulator = await start({ port: 0 });
  writeFileSync(join(folder, 'empty.txt'), '');
  writeFileSync(join(folder, 'invisible.txt'), 'fine\nmy-\u200Bmodel\n');
  writeFileSync(join(folder, 'zeros.txt'), new Uint8Array(5_000_000));
  writeFileSync(join(folder, 'line.env'), 'MODELSLAB_API_KEY=secret-zzz\n');
});
afterAll(() => emulator.close());

// Values and locations of options and ids are tested next to the parser. These tests cover what the user sees.
test.concurrent.each([
  ['', 'No model ids were given', '--file'],
  ['-f missing.txt', 'missing.txt cannot be read', 'no such file'],
  ['-f empty.txt m', 'empty.txt.', 'one id per line'],
  ['-f invisible.txt', 'invisible.txt:2: The model id "my-\\u200bmodel"', 'invisible character'],
  ['-f zeros.txt', 'zeros.txt is not UTF-8 text', 'Save it as UTF-8'],
  ['-f -', 'No model ids found in standard input', 'one id per line'],
  ['-f - --api-key-file -', 'Standard input (-) is used twice', 'a file'],
  ['m --api-key-file missing.txt', 'missing.txt cannot be read', 'no such file'],
  ['m --api-key-file line.env', 'NAME=value', '='],
  ['m --record -', '--record needs a file', 'record.ndjson'],
  ['m --record line.env --api-key-file line.env', 'NAME=value', ''],
  ['m --api-key=secret-zzz', 'cannot be given as an option', '--api-key-file'],
  ['m -ksecret-zzz', 'Unknown option: -k', '--help'],
  ['m --timeout 10', '--timeout must be a duration', '90s'],
  ['m --no-wait --until success', 'cannot be combined', 'Use only one'],
  ['m --quiet --verbose', 'cannot be combined', 'Use only one'],
  ['list -qv', 'cannot be combined', 'Use only one'],
  ['m --base-url http://192.0.2.1', 'unencrypted', '--allow-insecure-http'],
  ['m -o json -u image --image-base-model demo-key', 'contains the API key', 'only as the API key'],
  ['completion tcsh', 'Name one shell', 'help completion'],
])('%j ends with exit code 2 before anything is sent', async (line, what, whatToDo) => {
  const args = line
    .split(' ')
    .filter((word) => word !== '')
    .map(toPath);
  const before = emulator.requests.length;
  const { code, stdout, stderr } = await run(args, {
    env: { MODELSLAB_BASE_URL: line.includes('--base-url') ? undefined : emulator.url },
  });
  expect(stderr).toContain(what);
  expect(stderr).toContain(whatToDo);
  expect(stderr).toMatch(/^modelslab-reload: /);
  expect(stderr).not.toMatch(/secret-zzz|\n +at /);
  expect(stderr.length).toBeLessThan(1000);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(emulator.requests.length).toBe(before);
});

test.concurrent('endless input is not read forever', async () => {
  const { code, stderr } = await run(['-f', '-'], { input: Buffer.alloc(70 * 1024 * 1024) });
  expect(code).toBe(2);
  expect(stderr).toMatch(/^modelslab-reload: standard input is too large/);
});

test.concurrent('the first run without a key prints three lines', async () => {
  const { code, stdout, stderr } = await run(['my-model'], { env: { MODELSLAB_API_KEY: '' } });
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr.trimEnd().split('\n')).toEqual([
    expect.stringContaining('https://modelslab.com'),
    expect.stringContaining('MODELSLAB_API_KEY'),
    expect.stringContaining('--api-key-file'),
  ]);
});

test.concurrent('a mistyped command without a key gets a hint', async () => {
  const { stderr } = await run(['emulater'], { env: { MODELSLAB_API_KEY: undefined } });
  expect(stderr).toMatch(/^modelslab-reload: No API key is set/);
  expect(stderr).toMatch(/^Did you mean the command\? modelslab-reload emulator$/m);
});

test.concurrent('an error that quotes the input does not show the key', async () => {
  const { code, stderr } = await run(['m', '--timeout', 'my-secret-key'], {
    env: { MODELSLAB_API_KEY: 'my-secret-key' },
  });
  expect(code).toBe(2);
  expect(stderr).toContain('[redacted]');
  expect(stderr).not.toContain('my-secret-key');
});
