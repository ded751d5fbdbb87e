import { describe, expect, test } from 'vitest';
import { createFailure } from '../errors.ts';
import { createRetry } from './retry-policy.ts';

const retryable = { retryable: true };
const failures = {
  server_error: createFailure('server_error', 'x', retryable),
  api_error: createFailure('api_error', 'x', retryable),
  reset: createFailure('network_error', 'x', retryable),
  request_timeout: createFailure('request_timeout', 'x', retryable),
  'server_error, asks for 60 s': createFailure('server_error', 'x', {
    ...retryable,
    retryAfterMs: 60_000,
  }),
  refused: createFailure('network_error', 'x', { ...retryable, maybeSent: false }),
  'rate_limited, asks for 12 s': createFailure('rate_limited', 'x', {
    ...retryable,
    retryAfterMs: 12_000,
  }),
  'rate_limited, asks for nothing': createFailure('rate_limited', 'x', retryable),
  'rate_limited, asks for 0 s': createFailure('rate_limited', 'x', {
    ...retryable,
    retryAfterMs: 0,
  }),
};
type Name = keyof typeof failures;

const BACKOFF = 'backoff';
type Waits = (number | null | typeof BACKOFF)[];

// Waits after the same failure again and again: unset schedule, then a set interval of 5 s.
const before: [Name, Waits, Waits][] = [
  ['server_error', [35_000, 35_000, 35_000, null], [5000, 5000, 5000, null]],
  ['api_error', [35_000, 35_000, 35_000, null], [5000, 5000, 5000, null]],
  ['reset', [35_000, 35_000, 35_000, null], [5000, 5000, 5000, null]],
  ['request_timeout', [35_000, 35_000, 35_000, null], [5000, 5000, 5000, null]],
  ['server_error, asks for 60 s', [60_000, 60_000, 60_000, null], [60_000, 60_000, 60_000, null]],
  ['refused', [BACKOFF, BACKOFF, BACKOFF, null], [BACKOFF, BACKOFF, BACKOFF, null]],
  [
    'rate_limited, asks for 12 s',
    [12_000, 12_000, 12_000, 12_000, 12_000],
    [12_000, 12_000, 12_000, 12_000],
  ],
  ['rate_limited, asks for nothing', [30_000, 30_000, 30_000, 30_000, 30_000], [30_000, 30_000]],
  ['rate_limited, asks for 0 s', [1000, 1000, 1000, 1000, 1000], [1000, 1000]],
];

// The first gap of the schedule went to the `processing` before.
const afterwards: [Name, Waits, Waits][] = [
  [
    'server_error',
    [35_000, 35_000, 40_000, 50_000, 220_000, 75_000, 300_000, 300_000],
    [5000, 5000, 5000, 5000, 5000],
  ],
  ['api_error', [35_000, 35_000, 40_000, 50_000], [5000, 5000, 5000, 5000, 5000]],
  ['reset', [35_000, 35_000, 40_000, 50_000], [5000, 5000, 5000, 5000, 5000]],
  ['request_timeout', [35_000, 35_000, 40_000, 50_000], [5000, 5000, 5000, 5000, 5000]],
  ['refused', [BACKOFF, BACKOFF, BACKOFF, BACKOFF, BACKOFF, BACKOFF], [BACKOFF, BACKOFF]],
  ['rate_limited, asks for 12 s', [12_000, 12_000, 12_000, 12_000, 12_000], [12_000]],
];

function expectWaits(retry: ReturnType<typeof createRetry>, name: Name, waits: Waits) {
  for (const [times, expected] of waits.entries()) {
    const wait = retry.afterFailure(failures[name]);
    if (expected === BACKOFF) {
      const most = Math.min(500 * 2 ** times, 8000);
      expect(wait).toBeGreaterThanOrEqual(most * 0.75);
      expect(wait).toBeLessThanOrEqual(most);
    } else {
      expect(wait).toBe(expected);
    }
  }
}

describe.each([
  ['unset', null],
  ['5 s', 5000],
] as const)('the gap %s', (_, pollIntervalMs) => {
  test.each(before)('before the API has taken the call: %s', (name, unset, set) => {
    expectWaits(
      createRetry({ maxRetries: 3, pollIntervalMs }),
      name,
      pollIntervalMs === null ? unset : set,
    );
  });

  test.each(afterwards)('afterwards: %s', (name, unset, set) => {
    const retry = createRetry({ maxRetries: 3, pollIntervalMs });
    expect(retry.afterProcessing()).toBe(pollIntervalMs ?? 128_000);
    expectWaits(retry, name, pollIntervalMs === null ? unset : set);
  });
});

test('the schedule while a model loads', () => {
  const retry = createRetry({ maxRetries: 0, pollIntervalMs: null });
  const gaps = Array.from({ length: 10 }, () => retry.afterProcessing() / 1000);
  expect(gaps).toEqual([128, 35, 35, 40, 50, 220, 75, 300, 300, 300]);
});

test.each([
  // What the API says that the load still takes, and the gap: of the schedule's first two, then a set one.
  [null, 128_000, 35_000, 5000],
  [10_000, 128_000, 35_000, 5000],
  [60_000, 128_000, 60_000, 5000],
  [200_000, 200_000, 200_000, 5000],
])('an eta of %s lengthens a gap of the schedule alone', (etaMs, first, second, set) => {
  const retry = createRetry({ maxRetries: 0, pollIntervalMs: null });
  expect(retry.afterProcessing(etaMs)).toBe(first);
  expect(retry.afterProcessing(etaMs)).toBe(second);
  const fixed = createRetry({ maxRetries: 0, pollIntervalMs: 5000 });
  expect(fixed.afterProcessing(etaMs)).toBe(set);
});

test('what was not asked does not use up the schedule', () => {
  const retry = createRetry({ maxRetries: 0, pollIntervalMs: null });
  retry.afterProcessing();
  retry.afterFailure(failures['rate_limited, asks for 12 s']);
  retry.afterFailure(failures.refused);
  expect(retry.afterProcessing()).toBe(35_000);
});

test('a connection that comes about begins the backoff anew', () => {
  const retry = createRetry({ maxRetries: 9, pollIntervalMs: null });
  for (let times = 0; times < 4; times++) retry.afterFailure(failures.refused);
  retry.afterFailure(failures.reset);
  expect(retry.afterFailure(failures.refused)).toBeLessThanOrEqual(500);
});

test('no retries means none', () => {
  const retry = createRetry({ maxRetries: 0, pollIntervalMs: null });
  expect(retry.afterFailure(failures.server_error)).toBeNull();
});
