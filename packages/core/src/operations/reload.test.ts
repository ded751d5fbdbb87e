import { describe, expect, test, vi } from 'vitest';
import {
  apiError,
  hangs,
  processing,
  scriptedApi,
  success,
  type Step,
} from '../../test/scripted-api.ts';
import { createClient } from '../engine.ts';
import { ReloadError } from '../errors.ts';
import type { ReloadOptions, ReplyEvent } from '../options.ts';
import type { Outcome } from '../outcome.ts';

/** Reloads one model with a script; returns its outcome, whether the call resolves or rejects. */
async function reload(
  script: Parameters<typeof scriptedApi>[0],
  options: ReloadOptions = {},
  clientOptions = {},
) {
  const api = scriptedApi(script, clientOptions);
  const events: ReplyEvent[] = [];
  const outcome = await api.run(async () => {
    try {
      return await api.client.reload('my-model', {
        onReply: (event) => events.push(event),
        ...options,
      });
    } catch (error) {
      if (!ReloadError.isInstance(error) || !error.outcome) throw error;
      return error.outcome;
    }
  });
  return { outcome, events, at: api.requests.map((request) => request.at), endedAt: api.now() };
}

type Expected = Partial<Omit<Outcome, 'error'>> & { error: string | null };

const serverError = apiError(500, 'Server error');
const busy = apiError(429, 'Rate limit exceeded', { retry_after: 20 });

describe('The outcome of one model', () => {
  test.each<[string, Step[], ReloadOptions, Expected, number[]]>([
    [
      'has the evidence reply for an immediate success',
      [success],
      {},
      {
        status: 'success',
        evidence: 'reply',
        message: 'Model reloaded',
        firstStatus: 'success',
        lastStatus: 'success',
        requests: 1,
        error: null,
      },
      [0],
    ],
    [
      'has the evidence change for processing, then success',
      [processing, processing, success],
      {},
      {
        status: 'success',
        evidence: 'change',
        firstStatus: 'processing',
        lastStatus: 'success',
        requests: 3,
        elapsedMs: 163_000,
        error: null,
      },
      [0, 128, 163],
    ],
    [
      'is complete at the first processing with until accepted',
      [processing],
      { until: 'accepted' },
      { status: 'processing', evidence: null, lastStatus: 'processing', error: null },
      [0],
    ],
    [
      'is complete at a success with until accepted as well',
      [success],
      { until: 'accepted' },
      { status: 'success', evidence: 'reply', error: null },
      [0],
    ],
    [
      'counts a success as processing if its message reports a load in progress',
      [{ body: { status: 'success', messege: 'Model is reloading' } }, success],
      {},
      {
        status: 'success',
        evidence: 'change',
        firstStatus: 'success',
        lastStatus: 'success',
        error: null,
      },
      [0, 128],
    ],
    [
      'is an error immediately after a final failure',
      [apiError(404, 'Model not found: my-model')],
      {},
      {
        status: 'error',
        message: 'Model not found: my-model',
        firstStatus: 'error',
        error: 'model_not_found',
      },
      [0],
    ],
    [
      'is an error after processing and a final failure',
      [processing, apiError(404, 'Model not found')],
      {},
      {
        status: 'error',
        evidence: null,
        firstStatus: 'processing',
        lastStatus: 'error',
        error: 'model_not_found',
      },
      [0, 128],
    ],
    [
      'is an error after three retries of retryable failures',
      [serverError],
      {},
      { status: 'error', message: 'Server error', requests: 4, error: 'server_error' },
      [0, 35, 70, 105],
    ],
    [
      'is a success if a retry succeeds',
      [serverError, { status: 502, body: '<html>' }, success],
      {},
      {
        status: 'success',
        evidence: 'reply',
        firstStatus: 'error',
        lastStatus: 'success',
        error: null,
      },
      [0, 35, 70],
    ],
    [
      'is an error if a page of something else comes before acceptance',
      [{ status: 200, body: '<html>' }, success],
      {},
      { status: 'error', requests: 1, error: 'unexpected_response' },
      [0],
    ],
    [
      'does not depend on a page of something else after acceptance',
      [processing, { status: 200, body: '<html>' }, success],
      {},
      { status: 'success', evidence: 'change', error: null },
      [0, 128, 163],
    ],
    [
      'does not depend on the number of retryable failures after acceptance',
      [processing, serverError, { fails: 'ECONNRESET' }, serverError, serverError, success],
      { timeoutMs: 1_200_000 },
      { status: 'success', evidence: 'change', error: null },
      [0, 128, 163, 198, 243, 328],
    ],
    [
      'does not count rate limited requests as retries',
      [busy, busy, busy, busy, success],
      { timeoutMs: 900_000 },
      { status: 'success', evidence: 'reply', requests: 5, error: null },
      [0, 20, 60, 140, 300],
    ],
    [
      'is an error if a rate limited reply requests more time than is left',
      [apiError(429, 'Rate limit exceeded', { retry_after: 700 })],
      {},
      { status: 'error', elapsedMs: 0, error: 'rate_limited' },
      [0],
    ],
    [
      'keeps the status processing after such a reply',
      [processing, apiError(429, 'Rate limit exceeded', { retry_after: 700 })],
      {},
      { status: 'processing', elapsedMs: 128_000, error: 'rate_limited' },
      [0, 128],
    ],
    [
      'has the status processing if the deadline passes while the model loads',
      [processing],
      {},
      {
        status: 'processing',
        evidence: null,
        requests: 8,
        elapsedMs: 600_000,
        error: 'wait_timeout',
      },
      [0, 128, 163, 198, 243, 328, 548, 583],
    ],
    [
      'has no message if the deadline passes before any reply',
      [hangs],
      { timeoutMs: 60_000 },
      {
        status: 'error',
        message: null,
        firstStatus: null,
        requests: 1,
        elapsedMs: 60_000,
        error: 'wait_timeout',
      },
      [0],
    ],
    [
      'has the code of the last failure if the deadline passes before acceptance',
      [serverError],
      { timeoutMs: 50_000 },
      { status: 'error', elapsedMs: 50_000, requests: 2, error: 'server_error' },
      [0, 35],
    ],
    [
      'counts a request that the deadline aborts',
      [processing, hangs],
      { timeoutMs: 140_000 },
      { status: 'processing', elapsedMs: 140_000, requests: 2, error: 'wait_timeout' },
      [0, 128],
    ],
    [
      'has the code of a request timeout at the same time as the deadline',
      [hangs],
      { timeoutMs: 150_000 },
      { status: 'error', elapsedMs: 150_000, requests: 1, error: 'request_timeout' },
      [0],
    ],
    [
      'is a success if a request is retried the interval after its timeout',
      [hangs, success],
      {},
      { status: 'success', evidence: 'reply', requests: 2, error: null },
      [0, 185],
    ],
  ])('%s.', async (_, script, options, { error, ...expected }, at) => {
    const { outcome, at: sentAt } = await reload(script, options);
    expect(outcome).toMatchObject({
      modelId: 'my-model',
      startedAt: '2026-11-21T20:15:00.000Z',
      ...expected,
    });
    expect(outcome.error?.code ?? null).toBe(error);
    expect(sentAt).toEqual(at);
  });
});

test('pollIntervalMs replaces every interval, before and after acceptance.', async () => {
  const script = [serverError, processing, processing, success];
  const { outcome, at } = await reload(script, {}, { pollIntervalMs: 10_000 });
  expect(outcome).toMatchObject({ status: 'success', evidence: 'change', elapsedMs: 30_000 });
  expect(at).toEqual([0, 10, 20, 30]);
});

const processingFor = (eta: unknown): Step => ({ body: { status: 'processing', eta } });

test.each<[string, unknown, number]>([
  ['longer than the interval replaces it', 140.5, 140.5],
  ['may be a string', '140.5', 140.5],
  ['shorter than the interval is ignored', 20, 128],
  ['longer than the remaining time is ignored', 600, 128],
  ['below zero is ignored', -5, 128],
  ['that is not a number is ignored', 'soon', 128],
  ['that is a list is ignored', [300], 128],
])('An eta %s.', async (_, eta, polledAt) => {
  const { at } = await reload([processingFor(eta), success]);
  expect(at).toEqual([0, polledAt]);
});

test('An eta is capped at 10 minutes.', async () => {
  const { at } = await reload([processingFor(86_400), success], { timeoutMs: 172_800_000 });
  expect(at).toEqual([0, 600]);
});

test('A refused connection is retried soon, and no request counts as sent.', async () => {
  const { outcome, at } = await reload([{ fails: 'ECONNREFUSED' }]);
  expect(outcome).toMatchObject({ status: 'error', requests: 0, error: { code: 'network_error' } });
  expect(outcome.error?.message).toBe('The request failed: ECONNREFUSED, it broke');
  expect(at).toEqual([0, 1, 3, 7, 15, 31]);
});

test("The message is that of the API's last reply, regardless of a proxy's error page.", async () => {
  const page: Step = { status: 502, body: '<html>' };
  const noMessage: Step = { body: { status: 'success' } };
  expect((await reload([processing, page], { timeoutMs: 140_000 })).outcome.message).toBe(
    'Model is reloading',
  );
  expect((await reload([processing, noMessage])).outcome.message).toBeNull();
});

test.each<[string, Step[], number, string]>([
  [
    'processing',
    [processing],
    60_000,
    'The deadline of 1m 00s passed; last reply: processing, Model is reloading',
  ],
  ['no reply', [hangs], 60_000, 'The deadline of 1m 00s passed; no reply received'],
  ['a failure', [serverError], 20_000, 'Server error, and the deadline of 20s passed'],
  [
    'a failure while it loads',
    [processing, serverError],
    140_000,
    'The deadline of 2m 20s passed; last reply: Server error',
  ],
])(
  'The message of a deadline includes the last reply: %s.',
  async (_, script, timeoutMs, message) => {
    expect((await reload(script, { timeoutMs })).outcome.error?.message).toBe(message);
  },
);

test('onReply reports every reply and every wait.', async () => {
  const { events } = await reload([{ fails: 'ECONNRESET' }, busy, processing, success]);
  expect(events).toEqual([
    {
      type: 'reply',
      modelId: 'my-model',
      attempt: 1,
      status: 'error',
      message: 'The request failed: ECONNRESET, it broke',
      httpStatus: null,
      errorCode: 'network_error',
      elapsedMs: 0,
      nextInMs: 35_000,
    },
    {
      type: 'reply',
      modelId: 'my-model',
      attempt: 2,
      status: 'error',
      message: 'Rate limit exceeded',
      httpStatus: 429,
      errorCode: 'rate_limited',
      elapsedMs: 35_000,
      nextInMs: 20_000,
    },
    { type: 'waiting', modelId: 'my-model', reason: 'line', nextInMs: 20_000 },
    {
      type: 'reply',
      modelId: 'my-model',
      attempt: 3,
      status: 'processing',
      message: 'Model is reloading',
      httpStatus: 200,
      errorCode: null,
      elapsedMs: 55_000,
      nextInMs: 128_000,
    },
    {
      type: 'reply',
      modelId: 'my-model',
      attempt: 4,
      status: 'success',
      message: 'Model reloaded',
      httpStatus: 200,
      errorCode: null,
      elapsedMs: 183_000,
      nextInMs: null,
    },
  ]);
});

test('onReply does not announce a request for the exact time of the deadline.', async () => {
  const { events } = await reload([processing], { timeoutMs: 20_000 }, { pollIntervalMs: 10_000 });
  expect(events.map(({ nextInMs }) => nextInMs)).toEqual([10_000, null]);
});

test('onReply does not announce a request that would be later than the deadline.', async () => {
  const { events } = await reload([processing], { timeoutMs: 60_000 });
  expect(events.map(({ nextInMs }) => nextInMs)).toEqual([null]);
});

test.each<[string, Step[], 'processing' | 'error', number]>([
  ['a sleep', [processing], 'processing', 1],
  ['a request', [hangs], 'error', 1],
  ['a retry', [serverError], 'error', 1],
])('An abort ends %s immediately.', async (_, script, status, requests) => {
  const api = scriptedApi(script);
  const caller = new AbortController();
  const error = await api.run(async () => {
    const reloading = api.client
      .reload('my-model', { signal: caller.signal })
      .catch((thrown: unknown) => thrown);
    await api.clock.sleep(7000);
    caller.abort();
    return reloading;
  });
  expect(error).toMatchObject({ code: 'aborted', outcome: { status, requests, elapsedMs: 7000 } });
  expect(api.now()).toBe(7);
});

test('A call with an aborted signal sends no request.', async () => {
  const { outcome, at } = await reload([success], { signal: AbortSignal.abort() });
  expect(outcome).toMatchObject({ status: 'error', requests: 0, error: { code: 'aborted' } });
  expect(at).toEqual([]);
});

test('An onReply that throws is not called again.', async () => {
  // A reply and a wait.
  const api = scriptedApi([apiError(429, 'Rate limit exceeded', { retry_after: 40 })]);
  const onReply = vi.fn<() => void>(() => {
    throw new Error('mine');
  });
  await api.run(() => expect(api.client.reload('m', { onReply })).rejects.toThrow('mine'));
  expect(onReply).toHaveBeenCalledTimes(1);
});

test('An error in onReply ends the call.', async () => {
  const api = scriptedApi([processing]);
  const onReply = () => {
    throw new Error('mine');
  };
  await expect(api.run(() => api.client.reload('my-model', { onReply }))).rejects.toThrow('mine');
  expect(api.requests).toHaveLength(1);
});

test("The deadline holds if a host's clock is set back an hour.", async () => {
  const host = scriptedApi([]);
  const clock = {
    now: () => host.clock.now() - (host.now() > 100 ? 3_600_000 : 0),
    sleep: host.clock.sleep,
  };
  const text = JSON.stringify(processing.body);
  const transport = () => Promise.resolve({ status: 200, headers: {}, text });
  const client = createClient({ apiKey: 'demo-key', transport, clock });
  const code = await host.run(() =>
    client.reload('my-model', { timeoutMs: 300_000 }).catch((error: ReloadError) => error.code),
  );
  expect(code).toBe('wait_timeout');
  // Only the time before the change is lost.
  expect(host.now()).toBeLessThanOrEqual(600);
});

test("An abort ends the call immediately even if a host's sleep ignores its signal.", async () => {
  const api = scriptedApi([processing]);
  const caller = new AbortController();
  const clock = { now: api.clock.now, sleep: (ms: number) => api.clock.sleep(ms) };
  const ignoring = scriptedApi([processing], { clock });
  const code = await api.run(async () => {
    const reloading = ignoring.client.reload('my-model', { signal: caller.signal });
    void api.clock.sleep(5000).then(() => caller.abort());
    return reloading.catch((error: ReloadError) => error.code);
  });
  expect(code).toBe('aborted');
  expect(api.now()).toBe(5);
});

test('The cause of an error is what the transport threw; an error from a reply has none.', async () => {
  const errorOf = (script: Step[]) => {
    const api = scriptedApi(script, { maxRetries: 0 });
    return api.run(() => api.client.reload('m').catch((error: ReloadError) => error));
  };
  expect(await errorOf([{ fails: 'ECONNRESET' }])).toMatchObject({
    cause: { code: 'ECONNRESET', message: 'it broke' },
  });
  expect(await errorOf([serverError])).not.toHaveProperty('cause');
});

test('An image is requested immediately after the success.', async () => {
  const image: Step = { body: { status: 'success', output: ['https://cdn.example/1.png'] } };
  const { events } = await reload(
    { 'my-model': [success], 'image my-model': [image] },
    { until: 'image' },
  );
  expect(events.map(({ nextInMs }) => nextInMs)).toEqual([0, null]);
});
