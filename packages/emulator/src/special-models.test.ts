import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { lineOf, reloadOf } from '../test/ask.ts';
import { createEmulator, createVirtualClock, specialModels } from './index.ts';

const reloading = '200 processing: Model is reloading';
const reloaded = '200 success: Model reloaded';
const spam = '200 error: Rate limit exceeded';

// Asked at 0 s, 35 s, 40 s and 200 s; a model loads in two minutes.
const replies: Record<string, string[]> = {
  'not-found': Array(4).fill('404 error: Model not found: not-found'),
  'always-processing': Array(4).fill(reloading),
  'fails-once': ['500 error: Internal server error', reloading, reloading, reloaded],
  'rate-limited-once': [
    '429 error: Rate limit exceeded. Maximum 5 queued requests allowed.',
    reloading,
    reloading,
    reloaded,
  ],
  'spam-filtered': [spam, reloading, spam, reloaded],
  'server-error': Array(4).fill('500 error: Internal server error'),
  'http-200-error': Array(4).fill('200 error: Something went wrong'),
  misspelt: [reloading, reloading, reloading, reloaded],
  'validation-object': Array(4).fill(
    '200 error: {"model_id":["The selected model id is invalid."]}',
  ),
  'status-failed': Array(4).fill('200 failed: Failed, Try Again'),
  'says-success-while-loading': [
    '200 success: Model is reloading',
    '200 success: Model is reloading',
    '200 success: Model is reloading',
    reloaded,
  ],
};

test.each(Object.entries(replies))('%s', async (modelId, expected) => {
  const clock = createVirtualClock();
  const emulator = createEmulator({ clock });
  const heard = await clock.run(async () => {
    const lines: string[] = [];
    for (const gap of [0, 35_000, 5000, 160_000]) {
      await clock.sleep(gap);
      lines.push(lineOf(await emulator.answer(reloadOf(modelId))));
    }
    return lines;
  });
  expect(heard).toEqual(expected);
});

test('what each keeps in mind is its emulator’s own', async () => {
  for (const emulator of [createEmulator(), createEmulator()]) {
    expect((await emulator.answer(reloadOf('fails-once'))).status).toBe(500);
  }
});

const texts: [string, number, unknown][] = [
  ['html-502', 502, expect.stringContaining('<h1>502 Bad Gateway</h1>')],
  ['misspelt', 200, '{"status":"processing","messege":"Model is reloading"}'],
  ['no-message', 200, '{"status":"success"}'],
  ['empty-body', 200, ''],
  ['redirects', 307, ''],
];

test.each(texts)('%s, as sent', async (modelId, status, text) => {
  expect(await createEmulator().answer(reloadOf(modelId))).toMatchObject({ status, text });
});

test('redirects: to another path of the same host', async () => {
  const { headers } = await createEmulator().answer(reloadOf('redirects'));
  expect(headers['location']).toMatch(/^\/api\//);
});

test('rate-limited-once: what it asks for is an option', async () => {
  const emulator = createEmulator({ retryAfterMs: 50 });
  const { text } = await emulator.answer(reloadOf('rate-limited-once'));
  expect(JSON.parse(text)).toMatchObject({ retry_after: 0.05 });
});

test('echoes-key: raw, JSON-escaped, URL-encoded, base64, HTML-escaped', async () => {
  const apiKey = 'a"b\\c&d é';
  const emulator = createEmulator({ apiKey });
  const { status, text } = await emulator.answer(reloadOf('echoes-key', apiKey));
  expect(status).toBe(500);
  const { message }: { message: string } = JSON.parse(text);
  const disguises = [
    apiKey,
    'a\\"b\\\\c&d é',
    'a%22b%5Cc%26d%20%C3%A9',
    'YSJiXGMmZCDDqQ==',
    'a&#34;b\\c&#38;d é',
  ];
  for (const disguise of disguises) expect(message).toContain(disguise);
});

const faults: [string, string, string][] = [
  ['resets', 'ECONNRESET', 'reset'],
  ['truncated', 'UND_ERR_SOCKET', 'truncated'],
  ['huge', 'UND_ERR_RES_EXCEEDED_MAX_SIZE', 'huge'],
];

test.each(faults)('%s, without a socket, rejects with %s', async (modelId, code, reply) => {
  const emulator = createEmulator();
  await expect(emulator.answer(reloadOf(modelId))).rejects.toMatchObject({ code });
  expect(emulator.requests).toMatchObject([{ reply, endedAt: expect.any(Number) }]);
});

test.each(['hangs', 'drips'])('%s, without a socket, ends by its signal alone', async (modelId) => {
  const emulator = createEmulator();
  const patience = new AbortController();
  const asking = emulator.answer(reloadOf(modelId), patience.signal);
  expect(emulator.requests).toMatchObject([{ reply: 'open', endedAt: null }]);
  const reason = new Error('enough');
  patience.abort(reason);
  await expect(asking).rejects.toBe(reason);
  expect(emulator.requests).toMatchObject([{ reply: 'aborted', endedAt: expect.any(Number) }]);
});

test('the README has the same table', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const rows = [...readme.matchAll(/^\| `([a-z0-9-]+)` +\| (.+?) +\|$/gm)];
  expect(Object.fromEntries(rows.map(([, modelId, means]) => [modelId, means]))).toMatchObject(
    specialModels,
  );
});
