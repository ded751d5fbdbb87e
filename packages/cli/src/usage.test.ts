import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { start, type Emulator } from '@modelslab-reload/emulator';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cli } from '../test/cli.ts';

const cwd = mkdtempSync(join(tmpdir(), 'modelslab-reload-'));
let emulator: Emulator;

beforeAll(async () => {
  emulator = await start({ port: 0 });
  writeFileSync(join(cwd, 'empty.txt'), '');
  writeFileSync(join(cwd, 'comments.txt'), '# nothing\r\n\r\n');
  writeFileSync(join(cwd, 'binary.txt'), Uint8Array.of(0xc3, 0x28, 0x00, 0xff));
  writeFileSync(join(cwd, 'bell.txt'), 'fine\nwith-a-\u0007bell\n');
});
afterAll(() => emulator.close());

/** What is wrong with a command line, and what the message must name. */
test.concurrent.each([
  ['', 'No model is named', '--file'],
  ['--quiet', 'No model is named', '--help'],
  ['reload', 'No model is named', '--all-trained'],
  ['-f missing.txt', 'missing.txt cannot be read', 'there is no such file'],
  ['-f .', '. cannot be read', 'it is a folder'],
  ['-f empty.txt', 'no model id in empty.txt', 'one id a line'],
  ['-f comments.txt', 'no model id in comments.txt', 'one id a line'],
  ['-f binary.txt', 'binary.txt is not text', 'UTF-8'],
  ['-f bell.txt', 'bell.txt, line 2', 'invisible character'],
  ['-f -', 'no model id in standard input', 'one id a line'],
  ['-f - -f -', 'Standard input is asked for twice', 'a file'],
  ['-f - --api-key-file -', 'Standard input is asked for twice', 'a file'],
  ['m --api-key-file missing.txt', 'missing.txt cannot be read', 'there is no such file'],
  ['m --api-key-file empty.txt', 'no API key in empty.txt', 'nothing else'],
  ['m --api-key-file bell.txt', 'API key', 'without blanks'],
  [
    'm --record missing/record.ndjson',
    'missing/record.ndjson cannot be written',
    'no such file or folder',
  ],
  ['m --record .', '. cannot be written', 'it is a folder'],
  ['m --api-key secret-zzz', 'cannot be given as an option', 'MODELSLAB_API_KEY'],
  ['m --api-key=secret-zzz', 'cannot be given as an option', '--api-key-file'],
  ['list --api-key secret-zzz', 'cannot be given as an option', '--api-key-file'],
  ['m --kee=secret-zzz', "Unknown option '--kee'", '--help'],
  ['m -ksecret-zzz', "Unknown option '-k'.", '--help'],
  ['m --no-color=secret-zzz', '--no-color', '--help'],
  ['m --tiemout 5m', "Unknown option '--tiemout'", 'Did you mean --timeout?'],
  ['m --timeout', 'argument missing', '--help'],
  ['m --timeout 10', '--timeout must be a duration', 'such as 90s'],
  ['m --timeout 0s', '--timeout must be a duration', 'above 0'],
  ['m --timeout 25d', '--timeout must be a duration', '24 days'],
  ['m --poll-interval soon', '--poll-interval must be a duration', '"soon"'],
  ['m --request-timeout -1s', '--request-timeout must be a duration', 'above 0'],
  ['m --concurrency 0', '--concurrency must be a whole number of at least 1', '"0"'],
  ['m --concurrency 1.5', '--concurrency must be a whole number', '"1.5"'],
  ['m --retries -1', '--retries must be a whole number of at least 0', '"-1"'],
  ['m --output xml', '--output must be text, json or ndjson', '"xml"'],
  ['m --until painted', '--until must be accepted, success or image', '"painted"'],
  ['m --no-wait --until success', 'exclude each other', 'Leave one out'],
  ['m --no-wait --until image', '--until image exclude each other', 'Leave one out'],
  ['m --quiet --verbose', 'exclude each other', 'Leave one out'],
  ['m --base-url nowhere', 'is not a valid URL', 'https://modelslab.com'],
  ['m --base-url http://192.0.2.1', 'unencrypted', 'https:'],
  ['list m', 'Too many arguments', '--help'],
  ['list --all-trained', "Unknown option '--all-trained'", '--help'],
  ['emulator --port 70000', '--port must be a whole number from 0 to 65535', '"70000"'],
  ['emulator --success maybe', '--success must be loaded, accepted or blocking', '"maybe"'],
  ['completion', 'Name one shell', 'help completion'],
  ['completion tcsh', 'Name one shell', 'help completion'],
])('%s: exit 2 before anything is sent', async (line, what, whatToDo) => {
  const args = line.split(' ').filter((word) => word !== '');
  const before = emulator.requests.length;
  const { code, stdout, stderr } = await cli(args, {
    cwd,
    env: { MODELSLAB_BASE_URL: emulator.url },
  });
  expect(stderr).toContain(what);
  expect(stderr).toContain(whatToDo);
  expect(stderr).toMatch(/^modelslab-reload: /);
  expect(stderr).not.toMatch(/secret-zzz|\n +at /);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(emulator.requests.length).toBe(before);
});

test.concurrent.each([undefined, '', '  '])(
  'the first run, with the key %j: three lines',
  async (key) => {
    const { code, stdout, stderr } = await cli(['my-model'], { env: { MODELSLAB_API_KEY: key } });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.trimEnd().split('\n')).toEqual([
      expect.stringContaining('https://modelslab.com'),
      expect.stringContaining('MODELSLAB_API_KEY'),
      expect.stringContaining('--api-key-file'),
    ]);
  },
);

test.concurrent('an error that quotes what was typed does not show the key', async () => {
  const { code, stderr } = await cli(['m', '--timeout', 'my-secret-key'], {
    env: { MODELSLAB_API_KEY: 'my-secret-key' },
  });
  expect(code).toBe(2);
  expect(stderr).toContain('[redacted]');
  expect(stderr).not.toContain('my-secret-key');
});
