import type { Outcome } from '@modelslab-reload/core';
import { expect, test } from 'vitest';
import { summaryOf } from './summary.ts';

const reached = {
  modelId: 'a',
  status: 'success',
  evidence: 'change',
  message: null,
  firstStatus: 'processing',
  lastStatus: 'success',
  requests: 2,
  startedAt: '2026-11-21T20:15:00.000Z',
  elapsedMs: 124_000,
  error: null,
} as unknown as Outcome;

const failed = (modelId: string, code: 'model_not_found' | 'aborted', hint: string): Outcome => ({
  ...reached,
  modelId,
  status: 'error',
  evidence: null,
  error: { code, message: 'It failed', hint, httpStatus: null, retryAfterMs: null },
});

function summary(outcomes: Outcome[], { isText = true, columns = Infinity } = {}): string[] {
  return summaryOf(outcomes, 124_000, { isText, columns, style: (_format, text) => text });
}

test('a count of each, and failures that ask for the same together', () => {
  expect(
    summary([
      reached,
      { ...reached, status: 'processing', evidence: null },
      failed('b', 'model_not_found', 'Check it.'),
      failed('c', 'model_not_found', 'Check it.'),
      failed('d', 'model_not_found', 'Look elsewhere.'),
      failed('e', 'aborted', 'Again.'),
    ]),
  ).toEqual([
    '1 succeeded, 1 processing, 3 failed, 1 aborted in 2m 04s',
    '  b, c: model_not_found. Check it.',
    '  d: model_not_found. Look elsewhere.',
    '  e: aborted. Again.',
  ]);
});

test('the footnote is there once, in text alone, and without the word that nobody can vouch for', () => {
  const onReply: Outcome[] = [
    { ...reached, evidence: 'reply' },
    { ...reached, modelId: 'b', evidence: 'reply' },
    { ...reached, modelId: 'c' },
  ];
  const lines = summary(onReply);
  expect(lines).toHaveLength(2);
  expect(lines[1]).toMatch(/^2 successes rest on the first reply alone: /);
  expect(lines.join(' ')).not.toContain('loaded');
  expect(summary(onReply, { isText: false })).toHaveLength(1);
});

test('lines are folded between words', () => {
  const lines = summary([failed('b', 'model_not_found', 'Check what you asked for, please.')], {
    columns: 30,
  });
  expect(lines).toEqual([
    '1 failed in 2m 04s',
    '  b: model_not_found. Check',
    '  what you asked for, please.',
  ]);
});
