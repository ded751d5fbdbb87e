import { expect, test } from 'vitest';
import { readEta, readRetryAfter } from './retry-after.ts';

const NOW = Date.parse('2026-11-21T20:15:00Z');

test.each<[unknown, number | null]>([
  [30, 30_000],
  [2.5, 2500],
  [1e-7, 1],
  ['12', 12_000],
  ['2.75', 2750],
  [' 3 ', 3000],
  ['3 s', null],
  ['', null],
  [-1, null],
  [Number.NaN, null],
  [Infinity, null],
  [true, null],
  [[30], null],
])('retry_after %s is %s ms', (value, ms) => {
  expect(readRetryAfter({ retry_after: value }, {}, '', NOW)).toBe(ms);
});

test.each<[string | string[], number | null]>([
  ['9', 9000],
  [['9', '10'], 9000],
  ['Sat, 21 Nov 2026 20:15:45 GMT', 45_000],
  ['Saturday, 21-Nov-26 20:15:45 GMT', 45_000],
  ['Sat, 21 Nov 2026 20:14:00 GMT', 0],
  // JavaScript parses all of these as dates.
  ['at 5', null],
  ['2026-11-21T20:15:45Z', null],
  ['21 Nov 2026 20:15:45 GMT', null],
  ['-5', null],
  ['soon', null],
])('Retry-After %j is %j ms', (value, ms) => {
  expect(readRetryAfter({}, { 'retry-after': value }, '', NOW)).toBe(ms);
});

test.each<[string, number | null]>([
  ['please wait for 30 seconds and try again', 30_000],
  ['wait 5s', 5000],
  ['Wait for 5 sec.', 5000],
  ['wait 5 secs', 5000],
  ['wait 1 second', 1000],
  ['wait for 2.25 seconds', 2250],
  ['wait for 5 minutes', 300_000],
  ['wait 5 months', null],
  ['await 5 seconds', null],
  ['wait a few seconds', null],
])('%j is %j ms', (text, ms) => {
  expect(readRetryAfter({}, {}, text, NOW)).toBe(ms);
});

test.each<[unknown, number | null]>([
  [12.5, 12_500],
  [600, 600_000],
  [601, 600_000],
  ['soon', null],
  [undefined, null],
])('an eta of %j is %j ms', (eta, ms) => {
  expect(readEta({ eta })).toBe(ms);
});
