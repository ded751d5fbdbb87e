import { createVirtualClock } from '@modelslab-reload/emulator';
import { expect, test } from 'vitest';
import { Deadlines } from '../polling/deadlines.ts';
import { createTime } from '../polling/time.ts';
import type { Transport, TransportReply, TransportRequest } from '../transport/types.ts';
import { parseResult, sendRequest, type ExchangeResult } from './exchange.ts';

const clock = createVirtualClock(0);
const time = createTime({ now: () => clock.now(), sleep: clock.sleep });
const REPLY: TransportReply = { status: 200, headers: {}, text: '{"status":"success"}' };
const REQUEST = { body: '{}' } as TransportRequest;
const context = { redact: (text: string) => text, requestTimeoutMs: 150_000 };

/** Sends a request; returns the results with their times, the signal, and its abort function. */
function send(transport: Transport, createRequest = () => REQUEST) {
  const start = clock.now();
  const results: [ExchangeResult, number][] = [];
  const seen = { results, signal: null as AbortSignal | null };
  const abort = sendRequest(
    {
      transport: (request, signal) => {
        seen.signal = signal;
        return transport(request, signal);
      },
      time,
      deadlines: new Deadlines(time),
      requestTimeoutMs: 150_000,
    },
    createRequest,
    (result) => results.push([result, clock.now() - start]),
  );
  return Object.assign(seen, { abort });
}
/** Replies after so many milliseconds and ignores its signal. */
const replyAfter =
  (ms: number): Transport =>
  async () => {
    await clock.sleep(ms);
    return REPLY;
  };
const run = (transport: Transport, createRequest?: () => TransportRequest) =>
  clock.run(async () => {
    const sent = send(transport, createRequest);
    await clock.sleep(1_000_000);
    return sent;
  });

test('A reply ends the request and its timeout; nothing is left to abort.', async () => {
  const { results, signal } = await run(replyAfter(1000));
  expect(results).toEqual([[{ reply: REPLY }, 1000]]);
  expect(signal?.aborted).toBe(false);
});

test('An error of the transport ends the request, whether it is thrown synchronously or later.', async () => {
  const thrown = new Error('no network');
  const later = await run(() => Promise.reject(thrown));
  expect(later.results).toEqual([[{ thrown }, 0]]);
  const synchronous = await run(() => {
    throw thrown;
  });
  expect(synchronous.results).toEqual([[{ thrown }, 0]]);
  const unbuilt = await run(replyAfter(0), () => {
    throw thrown;
  });
  expect(unbuilt.results).toEqual([[{ thrown }, 0]]);
});

test('A request times out once, even if its transport ignores the signal.', async () => {
  const { results, signal } = await run(replyAfter(200_000));
  expect(results).toEqual([['timed out', 150_000]]);
  expect(signal?.aborted).toBe(true);
});

test('An aborted request reports no result, and a second abort does nothing.', async () => {
  const sent = await clock.run(async () => {
    const seen = send(replyAfter(1000));
    expect(seen.signal?.aborted).toBe(false);
    seen.abort();
    expect(seen.signal?.aborted).toBe(true);
    seen.abort();
    await clock.sleep(200_000);
    return seen;
  });
  expect(sent.results).toEqual([]);
});

const NO_REPLY = {
  status: 'error',
  httpStatus: null,
  isApiReply: false,
  apiStatus: null,
  apiMessage: null,
  body: {},
};

test('A timeout is a retryable failure whose message has the limit.', () => {
  expect(parseResult('timed out', context, 0)).toMatchObject({
    ...NO_REPLY,
    failure: {
      code: 'request_timeout',
      message: 'No complete reply within 2m 30s',
      retryable: true,
    },
  });
});

test('An error of the transport is a failure without a reply.', () => {
  const thrown = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
  expect(parseResult({ thrown }, context, 0)).toMatchObject({
    ...NO_REPLY,
    failure: { code: 'network_error', maybeSent: false },
  });
});

test.each<[unknown]>([[undefined], [null], [7], [{}], [{ status: 200, headers: {} }]])(
  'A transport that returns %j ends one request, not the process.',
  (reply) => {
    const parsed = parseResult({ reply: reply as TransportReply }, context, 0);
    expect(parsed).toMatchObject({
      ...NO_REPLY,
      failure: {
        code: 'unexpected_response',
        message: 'The transport returned no valid reply',
        retryable: false,
      },
    });
  },
);

test('A reply is parsed.', () => {
  expect(parseResult({ reply: REPLY }, context, 0)).toMatchObject({
    status: 'success',
    httpStatus: 200,
    isApiReply: true,
    failure: null,
  });
});
