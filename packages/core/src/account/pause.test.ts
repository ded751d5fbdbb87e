import { beforeEach, expect, test } from 'vitest';
import { createFailure } from '../errors.ts';
import { createPause, type Pause } from './pause.ts';
import type { Exchange } from './target.ts';

const rejection = (seconds: number) =>
  createFailure('rate_limited', `Wait for ${seconds} s`, {
    scope: 'account',
    retryAfterMs: seconds * 1000,
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

test('A rejection pauses for the requested time.', () => {
  const failure = rejection(40);
  pause.rejected(exchange(1), failure, 1, 5000);
  expect(until(pause)).toBe(45);
  expect(pause.failure).toBe(failure);
});

test('Consecutive rejections pause longer, and a reply resets that.', () => {
  pause.rejected(exchange(1), rejection(0), 1, 0);
  pause.rejected(exchange(2), rejection(0), 2, 10_000);
  expect(until(pause)).toBe(12);
  pause.answered();
  pause.rejected(exchange(3), rejection(0), 3, 20_000);
  expect(until(pause)).toBe(21);
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
