import { expect, test } from 'vitest';
import { createReloadRequest, createRequest, RELOAD_PATH } from '../../test/requests.ts';
import { createEmulator, createVirtualClock, specialModels } from '../index.ts';

const API_KEY = 'sk-"live"/é&12';

test('a request is recorded without its key', async () => {
  const clock = createVirtualClock(7);
  const lines: string[] = [];
  const emulator = createEmulator({ apiKey: API_KEY, clock, log: (line) => lines.push(line) });
  await emulator.answer({
    ...createReloadRequest('m', API_KEY),
    headers: { 'User-Agent': 'test/1' },
  });
  expect(emulator.requests).toEqual([
    {
      at: 7,
      method: 'POST',
      path: RELOAD_PATH,
      headers: { 'user-agent': 'test/1' },
      modelId: 'm',
      keyIsValid: true,
      fieldNames: ['key', 'model_id'],
      reply: 200,
      endedAt: 7,
    },
  ]);
  expect(lines).toEqual([`#1 POST ${RELOAD_PATH} m`, '#1 200 processing']);
});

test.each([
  ['the valid key', API_KEY],
  ['another key, which may be a real one', 'SK-of-Somebody'],
])('a key anywhere is redacted: %s', async (_, sent) => {
  const lines: string[] = [];
  const emulator = createEmulator({ apiKey: API_KEY, log: (line) => lines.push(line) });
  const body = { key: sent, model_id: `a${sent}b`, [sent]: 1 };
  await emulator.answer({
    ...createRequest(`/api/${sent}/${encodeURIComponent(sent)}?key=${sent}`, body),
    headers: {
      Authorization: 'Basic abc',
      'x-key': `Bearer ${sent}`,
      'x-base64': Buffer.from(sent).toString('base64'),
      accept: '*/*',
      [`x-${sent}`]: '1',
    },
  });
  const recorded = JSON.stringify([emulator.requests, lines]);
  expect(recorded.toLowerCase()).not.toContain(JSON.stringify(sent).slice(1, -1).toLowerCase());
  expect(emulator.requests).toMatchObject([
    {
      path: '/api/[redacted]/[redacted]',
      modelId: 'a[redacted]b',
      fieldNames: ['key', 'model_id', '[redacted]'],
      headers: {
        authorization: '[redacted]',
        'x-key': '[redacted]',
        'x-base64': '[redacted]',
        accept: '*/*',
        'x-[redacted]': '1',
      },
      keyIsValid: sent === API_KEY,
    },
  ]);
});

test('no special model adds the key to the records or the log', async () => {
  const lines: string[] = [];
  const emulator = createEmulator({
    apiKey: API_KEY,
    log: (line) => lines.push(line),
    queueLimit: 99,
  });
  const done = new AbortController();
  const replies = Object.keys(specialModels).map((modelId) =>
    emulator.answer(createReloadRequest(modelId, API_KEY), done.signal),
  );
  setImmediate(() => done.abort());
  await Promise.allSettled(replies);
  expect(lines).toHaveLength(2 * replies.length);
  const recorded = JSON.stringify([emulator.requests, lines]);
  for (const encoding of [
    API_KEY,
    encodeURIComponent(API_KEY),
    Buffer.from(API_KEY).toString('base64'),
  ]) {
    expect(recorded).not.toContain(JSON.stringify(encoding).slice(1, -1));
  }
});

test('a log entry is one short line, regardless of the model id', async () => {
  const lines: string[] = [];
  const emulator = createEmulator({ log: (line) => lines.push(line) });
  await emulator.answer(createReloadRequest(`a\n\u001B[2Jb${'c'.repeat(5000)}`));
  expect(lines[0]).toMatch(/^#1 POST \S+ a\?\?\[2Jbc+…$/);
  expect(lines[0]?.length).toBeLessThan(220);
});
