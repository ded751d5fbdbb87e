import type { Outcome, ReplyReceived } from '@modelslab-reload/core';
import { expect, test } from 'vitest';
import { Progress } from './progress.ts';
import { inSeconds, namesOf, statusLine } from './status-line.ts';

const processing: ReplyReceived = {
  type: 'reply',
  modelId: 'portrait',
  attempt: 1,
  status: 'processing',
  message: 'Model is reloading',
  httpStatus: 200,
  errorCode: null,
  elapsedMs: 200,
  nextInMs: 130_000,
};

const reached: Outcome = {
  modelId: 'portrait',
  status: 'success',
  evidence: 'reply',
  imageUrl: null,
  message: null,
  firstStatus: 'success',
  lastStatus: 'success',
  requests: 1,
  startedAt: '2026-11-21T20:15:00.000Z',
  repliedAt: '2026-11-21T20:15:00.200Z',
  elapsedMs: 200,
  error: null,
};

function draw(progress: Progress, now: number, columns = 120): string {
  return statusLine(progress, { now, columns, style: (_format, text) => text }).slice(2);
}

test('before the first reply', () => {
  expect(draw(new Progress(3, 0), 2500)).toBe('0 of 3 done · asking · 2s');
});

test('while models load: who is waited for, since when, and when the next is asked', () => {
  const progress = new Progress(4, 0);
  progress.hear(processing, 200, false);
  progress.hear({ ...processing, modelId: 'product', nextInMs: 35_000 }, 1200, false);
  progress.end({ ...reached, modelId: 'done' });
  expect(draw(progress, 30_000)).toBe(
    '1 of 4 done · waiting for product, portrait · 30s, usually about 2m · asks next in 7s',
  );
  expect(draw(progress, 36_200)).toMatch(/asking now$/);
});

test('a failure that may pass is named', () => {
  const progress = new Progress(1, 0);
  progress.hear({ ...processing, status: 'error', errorCode: 'rate_limited' }, 0, false);
  expect(draw(progress, 0)).toContain('waiting for portrait (rate_limited)');
});

test.each([
  [110, 'waiting for a-model, b-model, c-model and 1 more · 0s'],
  [95, 'waiting for a-model and 3 more · 0s'],
  [85, 'waiting for 4 models · 0s'],
  [65, '0 of 4 done · 0s, usually about 2m · asks next in 2m 10s'],
  [20, '0 of 4 done · 0s…'],
])('%i columns name as many as fit', (columns, part) => {
  const progress = new Progress(4, 0);
  for (const modelId of ['a-model', 'b-model', 'c-model', 'd-model']) {
    progress.hear({ ...processing, modelId, elapsedMs: 0 }, 0, false);
  }
  const line = draw(progress, 0, columns);
  expect(line).toContain(part);
  expect(line.length + 2).toBeLessThan(columns);
});

test('news is what differs from the last reply about the same model', () => {
  const progress = new Progress(2, 0);
  expect(progress.hear(processing, 0, false)).toBe(true);
  expect(progress.hear(processing, 1, false)).toBe(false);
  expect(progress.hear({ ...processing, modelId: 'product' }, 2, false)).toBe(true);
  expect(progress.hear({ ...processing, errorCode: 'server_error' }, 3, false)).toBe(true);
  expect(progress.hear({ ...processing, nextInMs: null }, 4, true)).toBe(false);
});

test.each([
  [['a'], 3, 'a'],
  [['a', 'b', 'c'], 3, 'a, b, c'],
  [['a', 'b', 'c', 'd'], 2, 'a, b and 2 more'],
  [['a'], 0, '1 model'],
  [['a', 'b'], 0, '2 models'],
])('%j, %i named: %s', (names, most, text) => {
  expect(namesOf(names, most)).toBe(text);
});

test.each([
  [-5, '0s'],
  [999, '0s'],
  [9999, '9s'],
  [59_999, '59s'],
  [124_000, '2m 04s'],
])('%i ms are %s', (ms, text) => {
  expect(inSeconds(ms)).toBe(text);
});

test('where the deadline comes before the next request it says so', () => {
  const progress = new Progress(1, 0);
  progress.hear({ ...processing, nextInMs: null }, 200, false);
  expect(draw(progress, 5200)).toBe(
    '0 of 1 done · waiting for portrait · 5s, usually about 2m · no time left to ask again',
  );
});
