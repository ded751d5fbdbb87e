import { describe, expect, test } from 'vitest';
import {
  apiError,
  hangs,
  processing,
  scriptedApi,
  success,
  type Step,
} from '../../test/scripted-api.ts';
import { createClient } from '../engine.ts';
import type { ReloadOptions, ReplyEvent } from '../options.ts';
import type { Outcome } from '../outcome.ts';
import { ReloadError } from '../errors.ts';

/** Reloads one model by a script; gives the outcome, whether it was a success or an error. */
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

describe('what becomes of one model', () => {
  test.each<[string, Step[], ReloadOptions, Expected, number[]]>([
    [
      'success at once rests on the reply alone',
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
      'processing, then success, is a change',
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
      'until accepted ends with the first processing',
      [processing],
      { until: 'accepted' },
      { status: 'processing', evidence: null, lastStatus: 'processing', error: null },
      [0],
    ],
    [
      'until accepted ends with success as well',
      [success],
      { until: 'accepted' },
      { status: 'success', evidence: 'reply', error: null },
      [0],
    ],
    [
      'a success that says that loading goes on is processing',
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
      'a final failure ends it at once',
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
      'a final failure after processing is an error',
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
      'retryable failures are retried three times',
      [serverError],
      {},
      { status: 'error', message: 'Server error', requests: 4, error: 'server_error' },
      [0, 35, 70, 105],
    ],
    [
      'after a retryable failure it goes on',
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
      'afterwards retryable failures do not end the wait',
      [processing, serverError, { fails: 'ECONNRESET' }, serverError, serverError, success],
      { timeoutMs: 1_200_000 },
      { status: 'success', evidence: 'change', error: null },
      [0, 128, 163, 198, 238, 288],
    ],
    [
      'refusals for rate are not counted as retries',
      [busy, busy, busy, busy, busy, success],
      {},
      { status: 'success', evidence: 'reply', requests: 6, error: null },
      [0, 20, 40, 60, 80, 100],
    ],
    [
      'a refusal that asks for more time than is left ends it',
      [apiError(429, 'Rate limit exceeded', { retry_after: 700 })],
      {},
      { status: 'error', elapsedMs: 0, error: 'rate_limited' },
      [0],
    ],
    [
      'such a refusal leaves processing as it is',
      [processing, apiError(429, 'Rate limit exceeded', { retry_after: 700 })],
      {},
      { status: 'processing', elapsedMs: 128_000, error: 'rate_limited' },
      [0, 128],
    ],
    [
      'the deadline while the model loads',
      [processing],
      {},
      {
        status: 'processing',
        evidence: null,
        requests: 8,
        elapsedMs: 600_000,
        error: 'wait_timeout',
      },
      [0, 128, 163, 198, 238, 288, 508, 583],
    ],
    [
      'the deadline before any reply',
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
      "the deadline before the API has taken the call gives the last failure's code",
      [serverError],
      { timeoutMs: 50_000 },
      { status: 'error', elapsedMs: 50_000, requests: 2, error: 'server_error' },
      [0, 35],
    ],
    [
      'the deadline cuts a running request',
      [processing, hangs],
      { timeoutMs: 140_000 },
      { status: 'processing', elapsedMs: 140_000, requests: 2, error: 'wait_timeout' },
      [0, 128],
    ],
    [
      'the deadline comes with the end of a request that takes too long',
      [hangs],
      { timeoutMs: 150_000 },
      { status: 'error', elapsedMs: 150_000, requests: 1, error: 'request_timeout' },
      [0],
    ],
    [
      'a request that takes too long is asked again after the gap',
      [hangs, success],
      {},
      { status: 'success', evidence: 'reply', requests: 2, error: null },
      [0, 185],
    ],
  ])('%s', async (_, script, options, { error, ...expected }, at) => {
    const { outcome, at: askedAt } = await reload(script, options);
    expect(outcome).toMatchObject({
      modelId: 'my-model',
      startedAt: '2026-11-21T20:15:00.000Z',
      ...expected,
    });
    expect(outcome.error?.code ?? null).toBe(error);
    expect(askedAt).toEqual(at);
  });
});

test('pollIntervalMs is every interval, before acceptance and after', async () => {
  const script = [serverError, processing, processing, success];
  const { outcome, at } = await reload(script, {}, { pollIntervalMs: 10_000 });
  expect(outcome).toMatchObject({ status: 'success', evidence: 'change', elapsedMs: 30_000 });
  expect(at).toEqual([0, 10, 20, 30]);
});

const processingFor = (eta: unknown): Step => ({ body: { status: 'processing', eta } });

test.each<[string, unknown, number]>([
  ['longer than the gap is waited for', 140.5, 140.5],
  ['as text counts as well', '140.5', 140.5],
  ['shorter than the gap changes nothing', 20, 128],
  ['that outlasts the deadline is not believed', 600, 128],
  ['below zero is none', -5, 128],
  ['that is no number is none', 'soon', 128],
  ['that is a list is none', [300], 128],
])('an eta %s', async (_, eta, askedAgainAt) => {
  const { at } = await reload([processingFor(eta), success]);
  expect(at).toEqual([0, askedAgainAt]);
});

test('an eta of more than 10 minutes is cut to them', async () => {
  const { at } = await reload([processingFor(86_400), success], { timeoutMs: 172_800_000 });
  expect(at).toEqual([0, 600]);
});

test('a refused connection is tried again soon, and no request counts as sent', async () => {
  const { outcome, at } = await reload([{ fails: 'ECONNREFUSED' }]);
  expect(outcome).toMatchObject({ status: 'error', requests: 0, error: { code: 'network_error' } });
  expect(outcome.error?.message).toBe('The request failed: ECONNREFUSED, it broke');
  expect(at).toEqual([0, 1, 3, 7, 15, 31]);
});

test('a message is what the last reply said; a page of a proxy says nothing', async () => {
  const page: Step = { status: 502, body: '<html>' };
  const quiet: Step = { body: { status: 'success' } };
  expect((await reload([processing, page], { timeoutMs: 140_000 })).outcome.message).toBe(
    'Model is reloading',
  );
  expect((await reload([processing, quiet])).outcome.message).toBeNull();
});

test.each<[string, Step[], number, string]>([
  [
    'processing',
    [processing],
    60_000,
    'The deadline of 1m 00s passed; last reply: processing, Model is reloading',
  ],
  ['nothing', [hangs], 60_000, 'The deadline of 1m 00s passed; no reply came'],
  ['a failure', [serverError], 20_000, 'Server error, and the deadline of 20s passed'],
  [
    'a failure while it loads',
    [processing, serverError],
    140_000,
    'The deadline of 2m 20s passed; last reply: Server error',
  ],
])('the deadline says what was last reply: %s', async (_, script, timeoutMs, message) => {
  expect((await reload(script, { timeoutMs })).outcome.error?.message).toBe(message);
});

test('onReply tells every exchange', async () => {
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

test('onReply announces no request at the very moment of the deadline', async () => {
  const { events } = await reload([processing], { timeoutMs: 20_000 }, { pollIntervalMs: 10_000 });
  expect(events.map(({ nextInMs }) => nextInMs)).toEqual([10_000, null]);
});

test('onReply announces no request that the deadline forestalls', async () => {
  const { events } = await reload([processing], { timeoutMs: 60_000 });
  expect(events.map(({ nextInMs }) => nextInMs)).toEqual([null]);
});

test.each<[string, Step[], 'processing' | 'error', number]>([
  ['a sleep', [processing], 'processing', 1],
  ['a request', [hangs], 'error', 1],
  ['a retry', [serverError], 'error', 1],
])('an abort ends %s at once', async (_, script, status, requests) => {
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

test('a signal that has aborted before sends nothing', async () => {
  const { outcome, at } = await reload([success], { signal: AbortSignal.abort() });
  expect(outcome).toMatchObject({ status: 'error', requests: 0, error: { code: 'aborted' } });
  expect(at).toEqual([]);
});

test('what onReply throws ends the call', async () => {
  const api = scriptedApi([processing]);
  const onReply = () => {
    throw new Error('mine');
  };
  await expect(api.run(() => api.client.reload('my-model', { onReply }))).rejects.toThrow('mine');
  expect(api.requests).toHaveLength(1);
});

test("the deadline holds when a host's clock is set back an hour", async () => {
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
  // What was slept before the change is lost, no more.
  expect(host.now()).toBeLessThanOrEqual(600);
});

test("a host's sleep that ignores its signal ends nothing later", async () => {
  const api = scriptedApi([processing]);
  const caller = new AbortController();
  const clock = { now: api.clock.now, sleep: (ms: number) => api.clock.sleep(ms) };
  const deaf = scriptedApi([processing], { clock } as object);
  const code = await api.run(async () => {
    const reloading = deaf.client.reload('my-model', { signal: caller.signal });
    void api.clock.sleep(5000).then(() => caller.abort());
    return reloading.catch((error: ReloadError) => error.code);
  });
  expect(code).toBe('aborted');
  expect(api.now()).toBe(5);
});

test('the cause of an error is what the transport threw; a reply has none', async () => {
  const errorOf = (script: Step[]) => {
    const api = scriptedApi(script, { maxRetries: 0 });
    return api.run(() => api.client.reload('m').catch((error: ReloadError) => error));
  };
  expect(await errorOf([{ fails: 'ECONNRESET' }])).toMatchObject({
    cause: { code: 'ECONNRESET', message: 'it broke' },
  });
  expect(await errorOf([serverError])).not.toHaveProperty('cause');
});

test('a picture is ordered at once', async () => {
  const drawn: Step = { body: { status: 'success', output: ['https://cdn.example/1.png'] } };
  const { events } = await reload(
    { 'my-model': [success], 'draw my-model': [drawn] },
    { until: 'image' },
  );
  expect(events.map(({ nextInMs }) => nextInMs)).toEqual([0, null]);
});
