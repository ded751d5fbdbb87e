import { start, type Emulator } from '@modelslab-reload/emulator';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { run } from './process.ts';

let emulator: Emulator;
let empty: Emulator;

beforeAll(async () => {
  emulator = await start({ port: 0, models: ['portrait', 'product'] });
  empty = await start({ port: 0 });
});
afterAll(() => Promise.all([emulator.close(), empty.close()]));

const list = (args: string[], { url }: Emulator, key = 'demo-key') =>
  run(['list', ...args], { env: { MODELSLAB_BASE_URL: url, MODELSLAB_API_KEY: key } });

test.each([
  ['text', 'portrait\nproduct\n'],
  ['json', '[\n  {\n    "modelId": "portrait"\n  },\n  {\n    "modelId": "product"\n  }\n]\n'],
  ['ndjson', '{"modelId":"portrait"}\n{"modelId":"product"}\n'],
])('the ids as %s', async (format, stdout) => {
  expect(await list(['-o', format], emulator)).toMatchObject({ code: 0, stdout, stderr: '' });
});

test('an id that cannot be reloaded is reported on stderr, escaped, and the others are printed', async () => {
  const models = ['portrait', 'x\u202e\u001b[2Jy', 'product'];
  const hostile = await start({ port: 0, models });
  const listed = await list([], hostile);
  expect(listed).toMatchObject({ code: 2, stdout: 'portrait\nproduct\n' });
  expect(listed.stderr).toMatch(
    /^modelslab-reload: The model id "x\\u202e\\u001b\[2Jy" has an invisible character.*\n.+\n$/,
  );
  const { code, stdout, stderr } = await run(['--all-trained', '-u', 'accepted', '-o', 'json'], {
    env: { MODELSLAB_BASE_URL: hostile.url },
  });
  expect(code).toBe(2);
  const outcomes = JSON.parse(stdout) as { modelId: string; error: { code: string } | null }[];
  expect(outcomes.map(({ modelId, error }) => [modelId, error?.code])).toEqual([
    ['portrait', undefined],
    ['product', undefined],
    ['x\\u202e\\u001b[2Jy', 'invalid_argument'],
  ]);
  for (const hidden of ['\u202e', '\u001b']) expect(stdout + stderr).not.toContain(hidden);
  await hostile.close();
});

test('an account without trained models is explained on stderr', async () => {
  const { code, stdout, stderr } = await list([], empty);
  expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
  expect(stderr).toContain('lists no trained models');
  expect(stderr).toContain('reload other models by their ids');
  expect(await list(['-q', '-o', 'json'], empty)).toMatchObject({
    code: 0,
    stdout: '[]\n',
    stderr: '',
  });
});

test('a failure is on stderr, with its exit code', async () => {
  const { code, stdout, stderr } = await list(['-o', 'json'], emulator, 'wrong');
  expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
  expect(stderr).toMatch(/^modelslab-reload: Invalid API key.*\n\S/);
});

// The second try is due after 35 s, when the test would have timed out.
test('--timeout bounds the list', async () => {
  const silent = await start({ port: 0, intercept: () => new Error('reset') });
  const { code, stderr } = await list(['--timeout', '1s', '--retries', '9'], silent);
  expect([7, 10]).toContain(code);
  expect(stderr).toMatch(/^modelslab-reload: /);
  await silent.close();
});
