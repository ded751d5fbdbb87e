import { createVirtualClock } from '@modelslab-reload/emulator';
import { describe, expect, test } from 'vitest';
import {
  apiError,
  full,
  hangs,
  outcomeOf,
  processing,
  scriptedApi,
  success,
  type Step,
} from '../../test/scripted-api.ts';
import { createClient, type ReloadOptions, type ReplyEvent } from '../engine.ts';

type Api = ReturnType<typeof scriptedApi>;

const refused: Step = { fails: 'ECONNREFUSED' };

/** Reloads a list; returns id, code and time in seconds of each outcome. */
const collect = async (api: Api, ids: string[], options: ReloadOptions) => {
  const all = [];
  for await (const { modelId, error } of api.client.reloadMany(ids, options)) {
    all.push([modelId, error?.code ?? null, api.now()]);
  }
  return all;
};
const sentAt = (api: Api) => api.requests.map(({ id, at }) => `${at} ${id}`);

describe('A caller that leaves while its model loads', () => {
  // b waits in line until a is no longer assumed to be loading.
  const script = { a: [processing], b: [full(70), success] };

  test('makes room for the next model if its deadline has passed.', async () => {
    const api = scriptedApi(script);
    await api.run(() =>
      Promise.all([outcomeOf(api, 'a', { timeoutMs: 100_000 }), outcomeOf(api, 'b')]),
    );
    expect(sentAt(api)).toEqual(['0 a', '0 b', '100 b']);
  });

  test('lets the next one be tried if it is aborted, because nobody polls it.', async () => {
    const api = scriptedApi(script);
    const stop = new AbortController();
    await api.run(async () => {
      void api.clock.sleep(100_000).then(() => stop.abort());
      return Promise.all([outcomeOf(api, 'a', { signal: stop.signal }), outcomeOf(api, 'b')]);
    });
    expect(sentAt(api)).toEqual(['0 a', '0 b', '100 b']);
  });

  test('lets the next one be tried if its onReply throws.', async () => {
    const api = scriptedApi(script);
    const onReply = () => {
      throw new Error('mine');
    };
    await api.run(() =>
      Promise.all([
        expect(api.client.reload('a', { onReply })).rejects.toThrow('mine'),
        outcomeOf(api, 'b'),
      ]),
    );
    expect(sentAt(api)).toEqual(['0 a', '0 b', '70 b']);
  });
});

describe('The deadline of a caller', () => {
  test('in a list counts from the first request that a full queue does not reject.', async () => {
    const api = scriptedApi({ a: [processing, success], b: [full(70), processing] });
    const seen = await api.run(async () => {
      void outcomeOf(api, 'a');
      return collect(api, ['b'], { timeoutMs: 130_000 });
    });
    expect(seen).toEqual([['b', 'wait_timeout', 258]]);
  });

  test('in line counts from the call if the line was closed before.', async () => {
    const api = scriptedApi({ a: [processing], b: [full(5)] });
    const seen = await api.run(async () => {
      void outcomeOf(api, 'a', { timeoutMs: 900_000 });
      void outcomeOf(api, 'b', { timeoutMs: 900_000 });
      await api.clock.sleep(100_000);
      return collect(api, ['c'], { timeoutMs: 20_000 });
    });
    expect(seen).toEqual([['c', 'rate_limited', 120]]);
  });

  test.each([
    [49_999, 10],
    [50_000, 60],
  ])('of %i ms, with 50 s until a pause ends, ends the call at %i s.', async (timeoutMs, at) => {
    const api = scriptedApi({ a: [processing, full(60), success] });
    const seen = await api.run(async () => {
      void outcomeOf(api, 'a', { timeoutMs: 900_000 });
      await api.clock.sleep(138_000);
      const outcome = await outcomeOf(api, 'b', { timeoutMs });
      return { at: api.now() - 128, code: outcome.error?.code };
    });
    expect(seen).toEqual({ at, code: at === 10 ? 'rate_limited' : 'wait_timeout' });
  });

  test('reports the timeout of a request that ends at the same time.', async () => {
    const api = scriptedApi([hangs]);
    const outcome = await api.run(() => outcomeOf(api, 'm', { timeoutMs: 150_000 }));
    expect(outcome).toMatchObject({ requests: 1, elapsedMs: 150_000, status: 'error' });
    expect(outcome.error).toMatchObject({
      code: 'request_timeout',
      message: 'No complete reply within 2m 30s, and the deadline of 2m 30s passed',
    });
  });
});

test('A listed model that a full queue rejected keeps its position.', async () => {
  const api = scriptedApi({ b: [full(30), processing, success] }, { concurrency: 1 });
  const seen: string[] = [];
  await api.run(async () => {
    const onReply = ({ type, modelId }: ReplyEvent) => {
      seen.push(`${api.now()} ${modelId} ${type}`);
    };
    return collect(api, ['b', 'c'], { onReply });
  });
  expect(seen).toEqual(['0 b reply', '0 b waiting', '30 b reply', '30 c reply', '158 b reply']);
});

describe('Requests that were not sent', () => {
  test.each([
    [0, 1],
    [1, 6],
    [3, 6],
  ])('with maxRetries %i are attempted %i times.', async (maxRetries, tries) => {
    const api = scriptedApi([refused], { maxRetries });
    const outcome = await api.run(() => outcomeOf(api, 'm'));
    expect(api.requests).toHaveLength(tries);
    expect(outcome).toMatchObject({ requests: 0, error: { code: 'network_error' } });
  });

  test('are counted from zero again after one that was sent.', async () => {
    const flaky = [refused, refused, refused, refused, apiError(500, 'Oops')];
    const api = scriptedApi([...flaky, ...flaky, ...flaky, success]);
    const outcome = await api.run(() => outcomeOf(api, 'm'));
    expect(outcome).toMatchObject({ status: 'success', requests: 4 });
  });
});

describe('The message of a call that did not reach its goal', () => {
  test.each<[string, Step, ReloadOptions, string]>([
    [
      'has the last reply',
      processing,
      {},
      'The deadline of 10m 00s passed; last reply: processing, Model is reloading',
    ],
    [
      'has the status of a reply without a message',
      { body: { status: 'processing' } },
      {},
      'The deadline of 10m 00s passed; last reply: processing',
    ],
    [
      'states that there was no reply',
      hangs,
      { timeoutMs: 20_000 },
      'The deadline of 20s passed; no reply received',
    ],
  ])('%s.', async (_, step, options, message) => {
    const api = scriptedApi([step]);
    const outcome = await api.run(() => outcomeOf(api, 'm', options));
    expect(outcome.error).toMatchObject({ code: 'wait_timeout', message });
  });

  test('does not have the reply to the reload if none about the image came.', async () => {
    const api = scriptedApi({ 'image m': [hangs] });
    const outcome = await api.run(() => outcomeOf(api, 'm', { until: 'image', timeoutMs: 20_000 }));
    expect(outcome.error?.message).toBe('The deadline of 20s passed; no reply received');
  });

  test.each<[string, Step, string]>([
    ['has the last reply', processing, 'Ended early; last reply: processing, Model is reloading'],
    ['states that there was no reply', hangs, 'Ended early; no reply received'],
  ])('after an abort %s.', async (_, step, message) => {
    const api = scriptedApi([step]);
    const outcome = await api.run(async () => {
      const stop = new AbortController();
      void api.clock.sleep(20_000).then(() => stop.abort());
      return outcomeOf(api, 'm', { signal: stop.signal });
    });
    expect(outcome.error).toMatchObject({ code: 'aborted', message });
  });
});

describe('Timers', () => {
  /** Reloads all models at the same time; returns the milliseconds of every sleep of the client. */
  const sleepsOf = async (ids: string[], options: ReloadOptions, concurrency = 5) => {
    const clock = createVirtualClock(0);
    const sleeps: number[] = [];
    const seen = new Set<string>();
    const client = createClient({
      apiKey: 'test-key-0123456789',
      concurrency,
      pollIntervalMs: 60_000,
      clock: {
        now: clock.now,
        sleep(ms, signal) {
          sleeps.push(ms);
          return clock.sleep(ms, signal);
        },
      },
      async transport({ body }) {
        await clock.sleep(1000);
        const status = seen.has(body) ? 'success' : 'processing';
        seen.add(body);
        return { status: 200, headers: {}, text: JSON.stringify({ status }) };
      },
    });
    await clock.run(() => Promise.all(ids.map((id) => client.reload(id, options))));
    return sleeps;
  };
  test('are one at a time, however many callers wait for the model, and only an earlier time needs another.', async () => {
    const ids = Array.from({ length: 30 }, () => 'm');
    // The request timeout, the poll interval, the request timeout again.
    expect(await sleepsOf(ids, {})).toEqual([150_000, 60_000, 150_000]);
  });

  test('do not grow with the calls that wait for a slot: one for each poll, and two for all requests.', async () => {
    const ids = Array.from({ length: 20 }, (_, index) => `m${index}`);
    expect(await sleepsOf(ids, {}, 1)).toHaveLength(22);
  });
});

test('Each of many calls ends at its own deadline, although most others leave early.', async () => {
  const api = scriptedApi([hangs]);
  const late: number[] = [];
  await api.run(async () => {
    const stop = new AbortController();
    const calls = Array.from({ length: 1000 }, async (_, nth) => {
      const timeoutMs = 1000 + Math.round(100_000 * Math.random());
      const isLeaving = nth % 20 > 0;
      await outcomeOf(api, 'm', { timeoutMs, ...(isLeaving && { signal: stop.signal }) });
      if (!isLeaving) late.push(1000 * api.now() - timeoutMs);
    });
    await api.clock.sleep(500);
    stop.abort();
    await Promise.all(calls);
  });
  expect(late).toHaveLength(50);
  expect(late.filter((ms) => Math.abs(ms) > 1)).toEqual([]);
});
