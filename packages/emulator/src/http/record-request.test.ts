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

test('a record is bounded, whatever is sent', async () => {
  const emulator = createEmulator();
  const long = 'a'.repeat(200_000);
  const fields = Object.fromEntries(
    Array.from({ length: 1000 }, (_, at) => [`${at}${long}`.slice(0, 150), 1]),
  );
  const { status } = await emulator.answer({
    ...createRequest(`/api/${long}`, { key: 'x', model_id: long, [long]: 1, ...fields }),
    headers: { ...Object.fromEntries(Object.keys(fields).map((name) => [name, name])), z: long },
  });
  expect(status).toBe(404);
  expect(JSON.stringify(emulator.requests).length).toBeLessThan(60_000);
  expect(emulator.requests[0]).toMatchObject({ modelId: `${'a'.repeat(1000)}…` });
});

test('a truncated text has no part of the key', async () => {
  const emulator = createEmulator({ apiKey: API_KEY });
  const modelId = `${'a'.repeat(995)}${API_KEY}`;
  await emulator.answer(createReloadRequest(modelId, API_KEY));
  expect(emulator.requests[0]?.modelId).toBe(`${'a'.repeat(995)}[reda…`);
});

test('a key of any size gets 401, and is redacted', async () => {
  const emulator = createEmulator();
  const key = '(K'.repeat(200_000);
  const request = { ...createReloadRequest(`a${key}`, key), headers: { [`x-${key}`]: key } };
  expect((await emulator.answer(request)).status).toBe(401);
  expect(emulator.requests).toMatchObject([
    { modelId: 'a[redacted]', headers: { 'x-[redacted]': '[redacted]' } },
  ]);
});

test('the last 10,000 requests are recorded, and the log counts all of them', async () => {
  const lines: string[] = [];
  const emulator = createEmulator({ log: (line) => lines.push(line) });
  const { requests } = emulator;
  for (let at = 1; at <= 10_002; at++) await emulator.answer(createRequest(`/${at}`, {}));
  expect(emulator.requests).toBe(requests);
  expect(requests).toHaveLength(10_000);
  expect([requests[0]?.path, requests.at(-1)?.path]).toEqual(['/3', '/10002']);
  expect(lines.slice(-2)).toEqual(['#10002 POST /10002', '#10002 404 error']);
});
