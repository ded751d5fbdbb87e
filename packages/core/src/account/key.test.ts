import { expect, test } from 'vitest';
import { createFailure } from '../errors.ts';
import type { ErrorCode } from '../outcome.ts';
import { createKeyTrust } from './key.ts';
import type { Exchange } from './target.ts';

const failed = (code: ErrorCode = 'unauthorized') => createFailure(code, 'Invalid API key');
const exchange = (number: number) => ({ number }) as Exchange;

test('A 401 is final before the API has accepted the key.', () => {
  const failure = failed();
  expect(createKeyTrust().forgive(failure, exchange(1), 1)).toBe(failure);
});

test('The first 401 after an acceptance is retryable and otherwise unchanged.', () => {
  const key = createKeyTrust();
  key.accepted();
  const failure = failed();
  expect(failure.retryable).toBe(false);
  expect(key.forgive(failure, exchange(2), 2)).toEqual({ ...failure, retryable: true });
});

test('Other failures stay final and do not count as the first 401.', () => {
  const key = createKeyTrust();
  key.accepted();
  const failure = failed('payment_required');
  expect(key.forgive(failure, exchange(2), 2)).toBe(failure);
  expect(key.forgive(failed(), exchange(3), 3).retryable).toBe(true);
});

test('A 401 is retryable for all requests that were sent before the first one arrived, but not for later requests.', () => {
  const key = createKeyTrust();
  key.accepted();
  // Requests 2, 3 and 4 are open together.
  const sent = [4, 4, 5, 5];
  const forgiven = [2, 4, 3, 5].map(
    (number, index) => key.forgive(failed(), exchange(number), sent[index] ?? 0).retryable,
  );
  expect(forgiven).toEqual([true, true, true, false]);
});

test('After another acceptance, the next 401 counts as the first one again.', () => {
  const key = createKeyTrust();
  key.accepted();
  key.forgive(failed(), exchange(2), 2);
  key.accepted();
  expect(key.forgive(failed(), exchange(3), 3).retryable).toBe(true);
  expect(key.forgive(failed(), exchange(4), 4).retryable).toBe(false);
});
