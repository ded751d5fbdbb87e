import { expect, test } from 'vitest';
import { reloadOf, reloadPath, requestOf } from '../test/ask.ts';
import { createEmulator, createVirtualClock, specialModels } from './index.ts';

const key = 'sk-"live"/é&12';

test('a request is kept without its key', async () => {
  const clock = createVirtualClock(7);
  const lines: string[] = [];
  const emulator = createEmulator({ apiKey: key, clock, log: (line) => lines.push(line) });
  await emulator.answer({ ...reloadOf('m', key), headers: { 'User-Agent': 'test/1' } });
  expect(emulator.requests).toEqual([
    {
      at: 7,
      method: 'POST',
      path: reloadPath,
      headers: { 'user-agent': 'test/1' },
      modelId: 'm',
      keyIsValid: true,
      fieldNames: ['key', 'model_id'],
      reply: 200,
      endedAt: 7,
    },
  ]);
  expect(lines).toEqual([`#1 POST ${reloadPath} m`, '#1 200 processing']);
});

test.each([
  ['the right key', key],
  ['another key, which may be somebody’s real one', 'sk-of-somebody'],
])('wherever it comes: %s', async (_, sent) => {
  const lines: string[] = [];
  const emulator = createEmulator({ apiKey: key, log: (line) => lines.push(line) });
  const body = { key: sent, model_id: `a${sent}b`, [sent]: 1 };
  await emulator.answer({
    ...requestOf(`/api/${sent}/${encodeURIComponent(sent)}?key=${sent}`, body),
    headers: {
      Authorization: 'Basic abc',
      'x-key': `Bearer ${sent}`,
      'x-base64': Buffer.from(sent).toString('base64'),
      accept: '*/*',
    },
  });
  const told = JSON.stringify([emulator.requests, lines]);
  expect(told).not.toContain(JSON.stringify(sent).slice(1, -1));
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
      },
      keyIsValid: sent === key,
    },
  ]);
});

test('no special model brings the key into what is kept or logged', async () => {
  const lines: string[] = [];
  const emulator = createEmulator({ apiKey: key, log: (line) => lines.push(line), queueLimit: 99 });
  const done = new AbortController();
  const asking = Object.keys(specialModels).map((modelId) =>
    emulator.answer(reloadOf(modelId, key), done.signal),
  );
  setImmediate(() => done.abort());
  await Promise.allSettled(asking);
  expect(lines).toHaveLength(2 * asking.length);
  const told = JSON.stringify([emulator.requests, lines]);
  for (const disguise of [key, encodeURIComponent(key), Buffer.from(key).toString('base64')]) {
    expect(told).not.toContain(JSON.stringify(disguise).slice(1, -1));
  }
});

test('a log line is one short line, whatever a client calls its model', async () => {
  const lines: string[] = [];
  const emulator = createEmulator({ log: (line) => lines.push(line) });
  await emulator.answer(reloadOf(`a\n\u001B[2Jb${'c'.repeat(5000)}`));
  expect(lines[0]).toMatch(/^#1 POST \S+ a\?\?\[2Jbc+…$/);
  expect(lines[0]?.length).toBeLessThan(220);
});
