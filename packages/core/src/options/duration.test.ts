import { expect, test } from 'vitest';
import { formatDuration, parseDuration } from './duration.ts';

test.each([
  ['500ms', 500],
  ['90s', 90_000],
  ['1.5h', 5_400_000],
  ['.5s', 500],
  ['2 m', 120_000],
  ['7d', 604_800_000],
  [' 10m ', 600_000],
])('%s is %i ms', (text, ms) => expect(parseDuration(text, 'x')).toBe(ms));

test.each<[string, { min?: number; max?: number }, number]>([
  ['0', { min: 0 }, 0],
  ['0s', { min: 0 }, 0],
  ['90d', { min: 0 }, 7_776_000_000],
  ['1ms', { min: 1, max: 1 }, 1],
])('%s within %j is %i ms', (text, bounds, ms) =>
  expect(parseDuration(text, 'x', bounds)).toBe(ms),
);

test.each([
  '10',
  '0',
  '',
  '0s',
  '-1s',
  '1e3s',
  '5 minutes',
  's',
  '1.s',
  '25d',
  '1h30m',
  '٣s',
  'NaNs',
])('%j is rejected', (text) => {
  expect(() => parseDuration(text, '--timeout')).toThrow(
    expect.objectContaining({
      code: 'invalid_argument',
      message: expect.stringContaining('--timeout must be a duration'),
      hint: expect.stringContaining('10m'),
    }),
  );
});

test.each([
  [0, '0ms'],
  [350.4, '350ms'],
  [3140, '3.1s'],
  [9960, '10s'],
  [59_499, '59s'],
  [59_500, '1m 00s'],
  [124_000, '2m 04s'],
  [3_599_600, '1h 00m'],
  [7_261_000, '2h 01m'],
])('%d ms is formatted as %s', (ms, text) => expect(formatDuration(ms)).toBe(text));
