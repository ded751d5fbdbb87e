import { beforeEach, expect, test } from 'vitest';
import { createFailure } from '../errors.ts';
import { createRejections, type Rejections } from './rejections.ts';
import type { Exchange } from './target.ts';

let rejections: Rejections;
beforeEach(() => {
  rejections = createRejections(() => 0);
});

/** Adds a rejection of request `number` after `sent` requests; returns the wait in seconds. */
const reject = (number: number, sent = number, retryAfterMs: number | null = 0) => {
  const failure = createFailure('rate_limited', 'Full', { scope: 'account', retryAfterMs });
  // Nothing else of an exchange is read.
  return rejections.add({ number } as Exchange, failure, sent) / 1000;
};

test.each([
  ['the requested time', 40_000, 0, 40],
  ['30 s if no time is requested', null, 0, 30],
  ['at least 1 s', 0, 0, 1],
  ['up to a tenth longer, so that several processes do not retry in step', 40_000, 1, 44],
])('The wait is %s.', (_, requestedMs, random, seconds) => {
  rejections = createRejections(() => random);
  expect(reject(1, 1, requestedMs)).toBe(seconds);
});

test('The minimum wait doubles up to 30 s with consecutive rejections, and a reset starts again.', () => {
  expect([1, 2, 3, 4, 5, 6, 7].map((number) => reject(number))).toEqual([1, 2, 4, 8, 16, 30, 30]);
  rejections.reset();
  expect(reject(8)).toBe(1);
});

test('Rejections of requests that were open at the same time count as one.', () => {
  expect([reject(1, 3), reject(2, 3), reject(3, 4)]).toEqual([1, 1, 1]);
  // Request 4 was sent after the first rejection.
  expect([reject(4, 4), reject(5)]).toEqual([2, 4]);
});

test('A request that was open with a rejected one waits a second, also if it is rejected after a reset.', () => {
  reject(2, 3);
  rejections.reset();
  expect(reject(1, 3)).toBe(1);
});
