import { expect, test } from 'vitest';
import { FakeTarget } from '../../test/fake-target.ts';
import { createFailure } from '../errors.ts';
import type { ErrorCode } from '../outcome.ts';
import { endsAllCalls, isQueueFull, requestsWait, type Reply } from './target.ts';

const reply = () => ({ failure: null, isQueueFull: false }) as unknown as Reply;

test('A reply is found by its index, counting from the first one.', () => {
  const target = new FakeTarget();
  const replies = [reply(), reply(), reply()];
  for (const one of replies) target.addReply(one);
  expect(target.replyCount).toBe(3);
  expect([0, 1, 2, 3, -1].map((index) => target.replyAt(index))).toEqual([
    ...replies,
    undefined,
    undefined,
  ]);
  expect(target.replyAt(1)).toBe(replies[1]);
});

test('The last 20 replies are kept.', () => {
  const target = new FakeTarget();
  const replies = Array.from({ length: 25 }, reply);
  for (const one of replies) target.addReply(one);
  expect(target.replies).toHaveLength(20);
  expect([target.replyAt(4), target.replyAt(5)]).toEqual([undefined, replies[5]]);
  expect(target.replyAt(24)).toBe(replies[24]);
});

test('Without callers, replies and the wait reason are discarded, but the reply count is kept.', () => {
  const target = new FakeTarget();
  target.addReply(reply());
  target.waiting = { reason: 'slot', until: 0 };
  target.rest();
  expect(target).toMatchObject({ replies: [], replyCount: 1, waiting: null });
  expect(target.replyAt(0)).toBeUndefined();
  const next = reply();
  target.addReply(next);
  expect(target.replyAt(1)).toBe(next);
});

const fail = (code: ErrorCode, more: Parameters<typeof createFailure>[2] = {}) =>
  createFailure(code, 'It failed', more);

test.each([
  ['a rate limited reply', fail('rate_limited', { retryable: true }), true],
  [
    'a failure with a requested time',
    fail('api_error', { retryable: true, retryAfterMs: 9 }),
    true,
  ],
  ['any other failure', fail('api_error', { retryable: true }), false],
  ['a final failure with a requested time', fail('api_error', { retryAfterMs: 9 }), false],
  ['the interval', null, false],
])(
  'The next request waits after %s, and the model counts as paused: %s',
  (_, failure, isPaused) => {
    const target = new FakeTarget();
    target.waitUntil(5000, failure, 1000);
    expect(target.nextAt).toBe(5000);
    expect(target.pause).toEqual(isPaused ? { failure, since: 1000 } : null);
  },
);

test('A target is not a model by default.', () => {
  expect(new FakeTarget(false).isModel).toBe(false);
});

test.each([
  ['unauthorized', {}, { endsAllCalls: true, isQueueFull: false, requestsWait: false }],
  ['payment_required', {}, { endsAllCalls: true, isQueueFull: false, requestsWait: false }],
  ['model_not_found', {}, { endsAllCalls: false, isQueueFull: false, requestsWait: false }],
  [
    'rate_limited',
    { scope: 'account' },
    { endsAllCalls: false, isQueueFull: true, requestsWait: true },
  ],
  [
    'rate_limited',
    { scope: 'request' },
    { endsAllCalls: false, isQueueFull: false, requestsWait: true },
  ],
  [
    'api_error',
    { scope: 'account', retryAfterMs: 0 },
    { endsAllCalls: false, isQueueFull: false, requestsWait: true },
  ],
] as const)('The predicates classify %s %j.', (code, more, means) => {
  const failure = fail(code, more);
  expect({
    endsAllCalls: endsAllCalls(failure),
    isQueueFull: isQueueFull(failure),
    requestsWait: requestsWait(failure),
  }).toEqual(means);
});
