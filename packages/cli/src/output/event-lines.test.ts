import { expect, test } from 'vitest';
import { failing, processing } from '../../test/events.ts';
import { changeLine, exchangeLine } from './event-lines.ts';

test.each([
  [processing('a'), '  a: processing, "Model is reloading"; next request in 2m 10s'],
  [processing('a', { message: null }), '  a: processing; next request in 2m 10s'],
  [
    processing('a', { nextInMs: null }),
    '  a: processing, "Model is reloading"; no time left for another request',
  ],
  [failing('a', 'server_error'), '  a: server_error, "It failed"; next request in 35s'],
  [
    processing('a', { status: 'success', message: 'Model reloaded', nextInMs: 0 }),
    '  a: success, "Model reloaded"; requesting an image, which is billed',
  ],
])('a change of %j', (event, line) => {
  expect(changeLine(event)).toBe(line);
});

test.each([
  [
    processing('a', { attempt: 2, elapsedMs: 130_400 }),
    false,
    'a: request 2 at 2m 10s: HTTP 200, processing, "Model is reloading"; next in 2m 10s, while it loads',
  ],
  [
    processing('a'),
    true,
    'a: request 1 at 0ms: HTTP 200, processing, "Model is reloading"; next in 2m 10s, while it loads (--poll-interval)',
  ],
  [
    failing('a', 'network_error', { httpStatus: null }),
    false,
    'a: request 1 at 0ms: no reply, network_error, "It failed"; next in 35s, as a retry',
  ],
  [
    failing('a', 'server_error'),
    true,
    'a: request 1 at 0ms: HTTP 500, server_error, "It failed"; next in 35s, as a retry (--poll-interval)',
  ],
  [
    failing('a', 'rate_limited', { httpStatus: 429 }),
    true,
    'a: request 1 at 0ms: HTTP 429, rate_limited, "It failed"; next in 35s, because it was rate limited',
  ],
  [
    processing('a', { status: 'success', message: null, nextInMs: null }),
    false,
    'a: request 1 at 0ms: HTTP 200, success; no more requests',
  ],
  [
    processing('a', { status: 'success', message: null, nextInMs: 0 }),
    false,
    'a: request 1 at 0ms: HTTP 200, success; requesting an image, which is billed',
  ],
])('the exchange %j, at a fixed interval: %s', (event, isFixedInterval, line) => {
  expect(exchangeLine(event, isFixedInterval)).toBe(line);
});
