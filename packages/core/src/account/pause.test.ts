import { beforeEach, expect, test } from 'vitest';
import { createFailure } from '../errors.ts';
import { createPause, type Pause } from './pause.ts';
import type { Exchange } from './target.ts';

const rejection = (seconds: number | null) =>
  createFailure('rate_limited', `Wait for ${seconds} s`, {
    scope: 'account',
    retryAfterMs: seconds === null ? null : seconds * 1000,
  });
/** Request `number`; the pause reads no other field of an exchange. */
const exchange = (number: number) => ({ number }) as Exchange;
const until = (pause: Pause) => pause.until / 1000;

let pause: Pause;
beforeEach(() => {
  pause = createPause(() => 0);
});

test('There is no pause before the first rejection.', () => {
  expect(pause.until).toBe(-Infinity);
  expect(pause.failure).toBeNull();
});

test.each([
  ['the requested time', 40, 40],
  ['30 s if no time is requested', null, 30],
  ['at least 1 s', 0, 1],
])('A rejection pauses for %s.', (_, seconds, end) => {
  const failure = rejection(seconds);
  pause.rejected(exchange(1), failure, 1, 5000);
  expect(until(pause)).toBe(5 + end);
  expect(pause.failure).toBe(failure);
});

test('Up to a tenth is added at random, so that several processes do not retry in step.', () => {
  pause = createPause(() => 1);
  pause.rejected(exchange(1), rejection(40), 1, 0);
  expect(until(pause)).toBe(44);
});

test('The minimum wait doubles up to 30 s with consecutive rejections, and a reply resets it.', () => {
  const waits = Array.from({ length: 7 }, (_, index) => {
    const now = index * 100_000;
    pause.rejected(exchange(index + 1), rejection(0), index + 1, now);
    return (pause.until - now) / 1000;
  });
  expect(waits).toEqual([1, 2, 4, 8, 16, 30, 30]);
  pause.answered();
  pause.rejected(exchange(8), rejection(0), 8, 800_000);
  expect(until(pause)).toBe(801);
});

test('Rejections of requests that were open at the same time count as one.', () => {
  // 1, 2 and 3 were sent before 1 was rejected, 4 was sent after that.
  pause.rejected(exchange(1), rejection(0), 3, 0);
  pause.rejected(exchange(2), rejection(0), 3, 100);
  pause.rejected(exchange(3), rejection(0), 3, 200);
  expect(until(pause)).toBe(1.2);
  pause.rejected(exchange(4), rejection(0), 4, 10_000);
  expect(until(pause)).toBe(12);
});

test('A later rejection with a shorter requested time does not shorten the pause.', () => {
  pause.rejected(exchange(1), rejection(60), 2, 0);
  const second = rejection(5);
  pause.rejected(exchange(2), second, 2, 1000);
  expect(until(pause)).toBe(60);
  expect(pause.failure).toBe(second);
});

test('A limit counts from the last rejection and never lengthens the pause.', () => {
  pause.rejected(exchange(1), rejection(3600), 1, 10_000);
  pause.cap(7200_000);
  expect(until(pause)).toBe(3610);
  pause.cap(600_000);
  expect(until(pause)).toBe(610);
});

test('A rejection of a request that was open with an earlier one lasts a second, also after a reply.', () => {
  pause.rejected(exchange(2), rejection(0), 3, 0);
  pause.answered();
  pause.rejected(exchange(1), rejection(0), 3, 60_000);
  expect(until(pause)).toBe(61);
});
