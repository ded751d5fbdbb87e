import { ERROR_SPECS, type Outcome } from '@modelslab-reload/core';
import { expect, test } from 'vitest';
import { failed, succeeded } from '../../test/events.ts';
import { summarize } from './summary.ts';

function summary(outcomes: Outcome[], { isText = true, columns = Infinity } = {}): string[] {
  return summarize(outcomes, 124_000, { isText, columns, style: (_format, text) => text });
}

test('counts each kind, and groups failures with the same advice', () => {
  expect(
    summary([
      succeeded('a'),
      succeeded('f', { status: 'processing', evidence: null }),
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

test('a run without results is reported as such', () => {
  expect(summary([])).toEqual(['no results in 2m 04s']);
});

test('one note for all successes that are based on the first reply, only in text, and without "loaded"', () => {
  const onReply = [
    succeeded('a', { evidence: 'reply' }),
    succeeded('b', { evidence: 'reply' }),
    succeeded('c'),
  ];
  const lines = summary(onReply);
  expect(lines).toHaveLength(2);
  expect(lines[1]).toMatch(/^2 successes are based only on the first reply: /);
  expect(lines.join(' ')).not.toContain('loaded');
  expect(summary(onReply.slice(0, 1))[1]).toMatch(
    /^One success is based only on the first reply: /,
  );
  expect(summary(onReply, { isText: false })).toHaveLength(1);
});

test('an unknown model is looked up with the list command, unless the API gave a tip', () => {
  const { hint } = ERROR_SPECS.model_not_found;
  expect(summary([failed('a', 'model_not_found', hint)])[1]).toContain('`modelslab-reload list`');
  expect(summary([failed('a', 'model_not_found', 'A tip.')])[1]).toBe(
    '  a: model_not_found. A tip.',
  );
});

test('lines are wrapped between words', () => {
  const lines = summary([failed('b', 'model_not_found', 'Check what you asked for, please.')], {
    columns: 30,
  });
  expect(lines).toEqual([
    '1 failed in 2m 04s',
    '  b: model_not_found. Check',
    '  what you asked for, please.',
  ]);
});
