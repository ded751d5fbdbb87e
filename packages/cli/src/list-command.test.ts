import { start, type Emulator } from '@modelslab-reload/emulator';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cli } from '../test/cli.ts';

let emulator: Emulator;
let empty: Emulator;

beforeAll(async () => {
  emulator = await start({ port: 0, models: ['portrait', 'product'] });
  empty = await start({ port: 0 });
});
afterAll(() => Promise.all([emulator.close(), empty.close()]));

const list = (args: string[], { url }: Emulator, key = 'demo-key') =>
  cli(['list', ...args], { env: { MODELSLAB_BASE_URL: url, MODELSLAB_API_KEY: key } });

test.each([
  ['text', 'portrait\nproduct\n'],
  ['json', '[\n  {\n    "modelId": "portrait"\n  },\n  {\n    "modelId": "product"\n  }\n]\n'],
  ['ndjson', '{"modelId":"portrait"}\n{"modelId":"product"}\n'],
])('as %s', async (format, stdout) => {
  expect(await list(['-o', format], emulator)).toEqual({ code: 0, stdout, stderr: '' });
});

test('nothing trained: said on standard error, and what it means', async () => {
  const { code, stdout, stderr } = await list([], empty);
  expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
  expect(stderr).toContain('lists no trained models');
  expect(stderr).toContain('name their ids');
  expect(await list(['-q', '-o', 'json'], empty)).toEqual({ code: 0, stdout: '[]\n', stderr: '' });
});

test('a failure: on standard error, with the exit code of its code', async () => {
  const { code, stdout, stderr } = await list(['-o', 'json'], emulator, 'wrong');
  expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
  expect(stderr).toMatch(/^modelslab-reload: Invalid API key.*\n\S/);
});
