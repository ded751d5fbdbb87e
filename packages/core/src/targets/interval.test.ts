import { expect, test } from 'vitest';
import { createFailure, type Failure } from '../errors.ts';
import { createInterval } from '../state/state.ts';
import { afterFailure, afterProcessing, rateLimitMs, resetInterval } from './interval.ts';

const retryable = { retryable: true };
const failures = {
  server_error: createFailure('server_error', 'x', retryable),
  api_error: createFailure('api_error', 'x', retryable),
  reset: createFailure('network_error', 'x', retryable),
  request_timeout: createFailure('request_timeout', 'x', retryable),
  'server_error, requests 60 s': createFailure('server_error', 'x', {
    ...retryable,
    retryAfterMs: 60_000,
  }),
  refused: createFailure('network_error', 'x', { ...retryable, maybeSent: false }),
  'rate_limited, requests 12 s': createFailure('rate_limited', 'x', {
    ...retryable,
    retryAfterMs: 12_000,
  }),
  'spam filter, 30 s': createFailure('rate_limited', 'x', {
    ...retryable,
    scope: 'request',
    retryAfterMs: 30_000,
  }),
  unauthorized: createFailure('unauthorized', 'x', retryable),
  'rate_limited, requests nothing': createFailure('rate_limited', 'x', retryable),
  'rate_limited, requests 0 s': createFailure('rate_limited', 'x', {
    ...retryable,
    retryAfterMs: 0,
  }),
};
type Name = keyof typeof failures;

const SECONDS = 1000;
/** Returns the waits of one model, whose interval is plain data. */
const policyOf = (pollIntervalMs: number | null, random = 0) => {
  const interval = createInterval();
  const rules = { pollIntervalMs, random: () => random };
  return {
    afterProcessing: (etaMs?: number | null) => afterProcessing(interval, rules, etaMs),
    afterFailure: (failure: Failure) => afterFailure(interval, rules, failure),
    reset: () => resetInterval(interval),
  };
};

// Waits in seconds after consecutive equal failures: with the schedule, then with an interval of 5 s.
const beforeAcceptance: [Name, number[], number[]][] = [
  ['server_error', [35, 35, 35], [5, 5, 5]],
  ['api_error', [35, 35, 35], [5, 5, 5]],
  ['reset', [35, 35, 35], [5, 5, 5]],
  ['request_timeout', [35, 35, 35], [5, 5, 5]],
  ['unauthorized', [35, 35], [5, 5]],
  ['server_error, requests 60 s', [60, 60, 60], [60, 60, 60]],
  ['refused', [1, 2, 4, 8, 16, 16], [1, 2, 4, 8, 16, 16]],
  ['spam filter, 30 s', [30, 30, 30], [30, 30, 30]],
  ['rate_limited, requests 12 s', [12, 12, 12, 12, 16, 30, 30], [12, 12, 12, 12, 16, 30]],
  ['rate_limited, requests nothing', [30, 30, 30, 30, 30, 30], [30, 30]],
  ['rate_limited, requests 0 s', [1, 2, 4, 8, 16, 30, 30], [1, 2, 4]],
];

test.each(beforeAcceptance)(
  'Before acceptance, the waits after %s match the table.',
  (name, schedule, fixed) => {
    for (const [policy, waits] of [
      [policyOf(null), schedule],
      [policyOf(5000), fixed],
    ] as const) {
      const actual = waits.map(() => policy.afterFailure(failures[name]) / SECONDS);
      expect(actual).toEqual(waits);
    }
  },
);

// The preceding `processing` used the first interval of the schedule.
const afterAcceptance: [Name, number[], number[]][] = [
  ['server_error', [35, 35, 45, 85, 220, 35, 300, 300], [5, 5, 5]],
  ['api_error', [35, 35, 45, 85], [5, 5]],
  ['reset', [35, 35, 45, 85], [5, 5]],
  ['request_timeout', [35, 35, 45, 85], [5, 5]],
  ['unauthorized', [35, 35, 35], [5, 5]],
  ['refused', [1, 2, 4, 8, 16, 16], [1, 2]],
  ['rate_limited, requests 12 s', [12, 12, 12, 12, 16], [12]],
];

test.each(afterAcceptance)(
  'After acceptance, the waits after %s match the table.',
  (name, schedule, fixed) => {
    for (const [policy, waits] of [
      [policyOf(null), schedule],
      [policyOf(5000), fixed],
    ] as const) {
      policy.afterProcessing();
      const actual = waits.map(() => policy.afterFailure(failures[name]) / SECONDS);
      expect(actual).toEqual(waits);
    }
  },
);

test('The last interval of the schedule repeats.', () => {
  const policy = policyOf(null);
  const waits = Array.from({ length: 10 }, () => policy.afterProcessing() / SECONDS);
  expect(waits).toEqual([128, 35, 35, 45, 85, 220, 35, 300, 300, 300]);
});

test.each([
  // The eta of the API, and the waits: the first two steps of the schedule, then with a fixed interval.
  [null, 128_000, 35_000, 5000],
  [10_000, 128_000, 35_000, 5000],
  [60_000, 128_000, 60_000, 5000],
  [200_000, 200_000, 200_000, 5000],
])('An eta of %s ms can only lengthen a step of the schedule.', (etaMs, first, second, fixed) => {
  const policy = policyOf(null);
  expect(policy.afterProcessing(etaMs)).toBe(first);
  expect(policy.afterProcessing(etaMs)).toBe(second);
  expect(policyOf(5000).afterProcessing(etaMs)).toBe(fixed);
});

test('A rejected or unsent request does not use up the schedule.', () => {
  const policy = policyOf(null);
  policy.afterProcessing();
  policy.afterFailure(failures['rate_limited, requests 12 s']);
  policy.afterFailure(failures.refused);
  policy.afterFailure(failures.unauthorized);
  expect(policy.afterProcessing()).toBe(35_000);
});

test.each<Name>(['reset', 'spam filter, 30 s'])('The backoff restarts after %s.', (name) => {
  const policy = policyOf(null);
  for (let times = 0; times < 4; times++) policy.afterFailure(failures.refused);
  policy.afterFailure(failures[name]);
  expect(policy.afterFailure(failures.refused)).toBe(1000);
});

test.each([
  [
    'a retryable failure',
    (policy: ReturnType<typeof policyOf>) => policy.afterFailure(failures.reset),
  ],
  ['processing', (policy: ReturnType<typeof policyOf>) => policy.afterProcessing()],
])('Rate limited replies are no longer consecutive after %s.', (_, between) => {
  const policy = policyOf(null, 1);
  policy.afterFailure(failures['spam filter, 30 s']);
  between(policy);
  expect(policy.afterFailure(failures['spam filter, 30 s'])).toBe(33_000);
});

test('A reset clears acceptance, schedule, backoff and the count of rate limited replies.', () => {
  const policy = policyOf(null, 1);
  policy.afterProcessing();
  policy.afterProcessing();
  policy.afterFailure(failures['spam filter, 30 s']);
  policy.reset();
  expect(policy.afterFailure(failures['spam filter, 30 s'])).toBe(33_000);
  expect(policy.afterFailure(failures.reset)).toBe(35_000);
  policy.afterFailure(failures.refused);
  policy.reset();
  expect(policy.afterFailure(failures.refused)).toBe(1100);
  expect(policy.afterProcessing()).toBe(128_000);
});

test.each([
  // Requested time, consecutive rate limited replies, scope, and the range of the wait in seconds.
  [30_000, 1, 'account', 30, 33],
  [30_000, 2, 'account', 30, 33],
  [30_000, 1, 'request', 30, 33],
  [30_000, 2, 'request', 30, 60],
  [30_000, 9, 'request', 30, 60],
  [null, 1, 'account', 30, 33],
  [0, 1, 'account', 1, 1.1],
  [0, 3, 'account', 4, 4.4],
  [0, 9, 'account', 30, 33],
  [3_600_000, 1, 'account', 3600, 3960],
] as const)(
  'The wait after a rate limited reply is in range: %s ms, %i in a row, scope %s.',
  (ms, count, scope, min, max) => {
    expect(rateLimitMs({ retryAfterMs: ms, scope }, count, () => 0) / SECONDS).toBeCloseTo(min, 6);
    expect(rateLimitMs({ retryAfterMs: ms, scope }, count, () => 1) / SECONDS).toBeCloseTo(max, 6);
  },
);
