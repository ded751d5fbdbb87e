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

const spam = apiError(200, 'Rate limit exceeded', { tips: 'spam filter is enabled' });

/** Returns id, code, requests and time of each outcome. */
const collect = async (api: Api, ids: string[], options: ReloadOptions) => {
  const all = [];
  for await (const { modelId, error, requests } of api.client.reloadMany(ids, options)) {
    all.push([modelId, error?.code ?? null, requests, api.now()]);
  }
  return all;
};
const sentAt = (api: Api) => api.requests.map(({ id, at }) => `${at} ${id}`);

describe('Callers of one model', () => {
  test('share its requests.', async () => {
    const api = scriptedApi([processing, success]);
    const outcomes = await api.run(() =>
      Promise.all(Array.from({ length: 30 }, () => outcomeOf(api))),
    );
    expect(sentAt(api)).toEqual(['0 m', '128 m']);
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ status: 'success', evidence: 'change', requests: 2 });
    }
  });

  test('end at their own deadline, signal or goal.', async () => {
    const api = scriptedApi([processing, success]);
    const stop = new AbortController();
    const outcomes = await api.run(async () => {
      void api.clock.sleep(50_000).then(() => stop.abort(new Error('mine')));
      return Promise.all([
        outcomeOf(api, 'm', { timeoutMs: 20_000 }),
        outcomeOf(api, 'm', { signal: stop.signal }),
        outcomeOf(api, 'm', { until: 'accepted' }),
        outcomeOf(api),
      ]);
    });
    expect(outcomes.map(({ error, elapsedMs }) => [error?.code ?? null, elapsedMs])).toEqual([
      ['wait_timeout', 20_000],
      ['aborted', 50_000],
      [null, 0],
      [null, 128_000],
    ]);
  });

  test('that join after processing report the change and count only the requests they saw.', async () => {
    const api = scriptedApi([processing, success]);
    const events: ReplyEvent[] = [];
    const late = await api.run(async () => {
      const first = outcomeOf(api);
      await api.clock.sleep(100_000);
      const second = await outcomeOf(api, 'm', { onReply: (event) => void events.push(event) });
      await first;
      return second;
    });
    expect(late).toMatchObject({
      evidence: 'change',
      firstStatus: 'processing',
      requests: 1,
      elapsedMs: 28_000,
      startedAt: '2026-11-21T20:16:40.000Z',
      repliedAt: '2026-11-21T20:17:08.000Z',
    });
    expect(events).toMatchObject([
      { type: 'waiting', reason: 'pause', nextInMs: 28_000 },
      { type: 'reply', attempt: 1, status: 'success', elapsedMs: 28_000, nextInMs: null },
    ]);
  });

  test('that saw no reply report the last reply to an earlier call.', async () => {
    const api = scriptedApi([processing]);
    const outcome = await api.run(async () => {
      await outcomeOf(api, 'm', { until: 'accepted' });
      return outcomeOf(api, 'm', { timeoutMs: 1000 });
    });
    expect(outcome.error?.message).toBe(
      'The deadline of 1.0s passed; last reply, to an earlier call: processing, Model is reloading',
    );
  });

  test('keep a request open until the last of them has left.', async () => {
    const api = scriptedApi([{ ...success, after: 60_000 }]);
    const [first, second] = await api.run(() =>
      Promise.all([outcomeOf(api, 'm', { timeoutMs: 10_000 }), outcomeOf(api)]),
    );
    expect(first).toMatchObject({ requests: 1, error: { code: 'wait_timeout' } });
    expect(second).toMatchObject({ status: 'success', requests: 1 });
    expect(api.requests).toMatchObject([{ at: 0, endedAt: 60 }]);
  });

  test('leave no request open, and the next caller keeps the interval.', async () => {
    const api = scriptedApi([hangs, success]);
    const outcome = await api.run(async () => {
      await outcomeOf(api, 'm', { timeoutMs: 10_000 });
      expect(api.requests[0]?.endedAt).toBe(10);
      return outcomeOf(api);
    });
    expect(sentAt(api)).toEqual(['0 m', '45 m']);
    expect(outcome).toMatchObject({ status: 'success', requests: 1, elapsedMs: 35_000 });
  });

  test('count their own retries.', async () => {
    const api = scriptedApi([apiError(500, 'Server error')], { maxRetries: 1 });
    const outcomes = await api.run(async () => {
      const first = outcomeOf(api);
      await api.clock.sleep(20_000);
      return Promise.all([first, outcomeOf(api)]);
    });
    expect(sentAt(api)).toEqual(['0 m', '35 m', '70 m']);
    expect(outcomes.map(({ requests, error }) => [requests, error?.code])).toEqual([
      [2, 'server_error'],
      [2, 'server_error'],
    ]);
  });

  test('are not affected by an error in the onReply of another caller.', async () => {
    const api = scriptedApi([processing, success]);
    const mine = new Error('mine');
    const [thrown, rejected, other] = await api.run(() =>
      Promise.all([
        api.client
          .reload('m', {
            onReply: () => {
              throw mine;
            },
          })
          .catch((error: unknown) => error),
        api.client.reload('m', { onReply: () => Promise.reject(mine) }).catch((error) => error),
        outcomeOf(api),
      ]),
    );
    expect([thrown, rejected]).toEqual([mine, mine]);
    expect(other).toMatchObject({ status: 'success' });
  });
});

describe('The client', () => {
  const again = async (script: Step[], pauseMs: number, options: ReloadOptions) => {
    const api = scriptedApi(script);
    const outcome = await api.run(async () => {
      await outcomeOf(api, 'm', options.until === 'accepted' ? options : {});
      await api.clock.sleep(pauseMs);
      return outcomeOf(api, 'm', options);
    });
    return { outcome, at: api.requests.map(({ at }) => at) };
  };

  test.each<[string, number, ReloadOptions, number[], number]>([
    ['a second later', 1000, {}, [0], 0],
    ['as late as the interval', 35_000, {}, [0], 0],
    ['later than the interval', 35_001, {}, [0, 35.001], 1],
    ['within maxAgeMs', 3_600_000, { maxAgeMs: 3_600_000 }, [0], 0],
    ['later than maxAgeMs', 3_600_001, { maxAgeMs: 3_600_000 }, [0, 3600.001], 1],
    ['with maxAgeMs 0, which waits for the interval', 1000, { maxAgeMs: 0 }, [0, 35], 1],
    ['with a maxAgeMs below the interval', 5000, { maxAgeMs: 4000 }, [0, 35], 1],
    ['for accepted', 1000, { until: 'accepted' }, [0], 0],
  ])(
    'reuses a success until it is too old: a call %s.',
    async (_, pauseMs, options, at, requests) => {
      const seen = await again([success], pauseMs, options);
      expect(seen.at).toEqual(at);
      expect(seen.outcome).toMatchObject({ status: 'success', evidence: 'reply', requests });
      if (requests === 0) {
        expect(seen.outcome).toMatchObject({
          elapsedMs: 0,
          repliedAt: '2026-11-21T20:15:00.000Z',
          message: 'Model reloaded',
        });
        expect(Date.parse(seen.outcome.startedAt)).toBeGreaterThan(Date.parse('2026-11-21T20:15Z'));
      }
    },
  );

  test.each([
    [127_000, [0], 0],
    [128_000, [0, 128], 1],
  ])(
    'reuses an acceptance until the next request is due: after %i ms.',
    async (pauseMs, at, requests) => {
      const seen = await again([processing], pauseMs, { until: 'accepted' });
      expect(seen.at).toEqual(at);
      expect(seen.outcome).toMatchObject({ status: 'processing', requests, error: null });
    },
  );

  test('continues the wait that a call until accepted has started.', async () => {
    const api = scriptedApi([processing, success]);
    const outcome = await api.run(async () => {
      await outcomeOf(api, 'm', { until: 'accepted' });
      await api.clock.sleep(60_000);
      return outcomeOf(api);
    });
    expect(sentAt(api)).toEqual(['0 m', '128 m']);
    expect(outcome).toMatchObject({ evidence: 'change', requests: 1, elapsedMs: 68_000 });
  });

  test.each([
    [900_000, 'change'],
    [900_001, 'reply'],
  ])('keeps an acceptance for 15 minutes: after %i ms.', async (pauseMs, evidence) => {
    const api = scriptedApi([processing, success]);
    const outcome = await api.run(async () => {
      await outcomeOf(api, 'm', { until: 'accepted' });
      await api.clock.sleep(pauseMs);
      return outcomeOf(api);
    });
    expect(outcome).toMatchObject({ status: 'success', evidence });
  });

  test.each([
    [apiError(404, 'Model not found'), [0]],
    [apiError(402, 'Insufficient credits'), [0, 35]],
    [apiError(401, 'Invalid API key'), [0, 35]],
  ])(
    'reuses a final failure within the interval unless it ends all calls: %j',
    async (step, at) => {
      const api = scriptedApi([step]);
      const outcomes = await api.run(async () => {
        const first = await outcomeOf(api);
        await api.clock.sleep(1000);
        return [first, await outcomeOf(api)];
      });
      expect(api.requests.map((request) => request.at)).toEqual(at);
      expect(outcomes[1]?.error).toEqual(outcomes[0]?.error);
      expect(outcomes[1]?.requests).toBe(at.length - 1);
    },
  );

  test('sends a new request if the interval has passed since a final failure.', async () => {
    const { at } = await again([apiError(404, 'Model not found'), success], 35_000, {});
    expect(at).toEqual([0, 35]);
  });

  test('reuses an image for the same prompt, but not a success for an image check.', async () => {
    const image: Step = { body: { status: 'success', output: ['https://cdn.example/1.png'] } };
    const api = scriptedApi({ m: [success], 'image m': [image] });
    const outcomes = await api.run(async () => {
      await outcomeOf(api);
      const first = await outcomeOf(api, 'm', { until: 'image' });
      const same = await outcomeOf(api, 'm', { until: 'image' });
      const other = await outcomeOf(api, 'm', { until: 'image', imagePrompt: 'a red stone' });
      return [first, same, other];
    });
    expect(sentAt(api)).toEqual(['0 m', '0 image m', '0 image m']);
    expect(outcomes.map(({ requests }) => requests)).toEqual([1, 0, 1]);
    for (const outcome of outcomes) expect(outcome).toMatchObject({ evidence: 'image' });
  });
});

describe('A rate limited reply', () => {
  test('to a first request stops first requests until an accepted model has ended.', async () => {
    const api = scriptedApi(
      { a: [processing, success], b: [full(70), processing, success], c: [success] },
      { concurrency: 1 },
    );
    await api.run(() => Promise.all(['a', 'b', 'c'].map((id) => outcomeOf(api, id))));
    // From 70 s on, a may have loaded unnoticed. The end of a made room for only one.
    expect(sentAt(api)).toEqual(['0 a', '0 b', '128 a', '128 b', '128 c', '256 b']);
  });

  test('to a first request stops them for the requested time if no model is loading.', async () => {
    const api = scriptedApi({ a: [full(40), full(40), success], b: [full(40), success] });
    await api.run(() => Promise.all(['a', 'b', 'c'].map((id) => outcomeOf(api, id))));
    // Only one model is tried, and then after twice as long.
    expect(sentAt(api)).toEqual(['0 a', '0 b', '40 a', '120 a', '120 b', '120 c']);
  });

  test('counts once for requests that were open at the same time.', async () => {
    const late = { ...full(1), after: 1000 };
    const script = { a: [full(1), success], b: [full(1), success], c: [late, success] };
    const api = scriptedApi(script, { concurrency: 3 });
    await api.run(() => Promise.all(['a', 'b', 'c'].map((id) => outcomeOf(api, id))));
    expect(sentAt(api)).toEqual(['0 a', '0 b', '0 c', '2 a', '2 b', '2 c']);
  });

  test('to a poll pauses the client.', async () => {
    const api = scriptedApi({ a: [processing, full(30), success], b: [success] });
    await api.run(async () => {
      const first = outcomeOf(api, 'a');
      await api.clock.sleep(130_000);
      return Promise.all([first, outcomeOf(api, 'b')]);
    });
    expect(sentAt(api)).toEqual(['0 a', '128 a', '158 a', '158 b']);
  });

  test('of the spam filter pauses only that model.', async () => {
    const api = scriptedApi({ a: [spam, success], b: [success] });
    await api.run(() => Promise.all(['a', 'b'].map((id) => outcomeOf(api, id))));
    expect(sentAt(api)).toEqual(['0 a', '0 b', '30 a']);
  });

  test.each([
    [full(60), 'm'],
    [full(60), 'other'],
    [apiError(200, 'Rate limit exceeded', { tips: 'spam filter, wait for 60 seconds' }), 'm'],
    [apiError(503, 'Try later', { retry_after: 60 }), 'm'],
  ])(
    'like %j applies to a later call for %s, which ends if it has less time.',
    async (step, id) => {
      const api = scriptedApi({ m: [step, success] });
      const outcomes = await api.run(async () => {
        const first = outcomeOf(api);
        await api.clock.sleep(10_000);
        const late = await outcomeOf(api, id, { timeoutMs: 20_000 });
        expect(api.now()).toBe(10);
        return [await first, late];
      });
      expect(outcomes[0]).toMatchObject({ status: 'success', requests: 2 });
      expect(outcomes[1]).toMatchObject({ requests: 0, error: { retryAfterMs: 60_000 } });
    },
  );

  test('that requests an hour applies for 10 minutes.', async () => {
    const api = scriptedApi({ m: [full(3600), success] });
    await api.run(async () => {
      await outcomeOf(api, 'm', { timeoutMs: 20_000 });
      return outcomeOf(api, 'other', { timeoutMs: 3_600_000 });
    });
    expect(sentAt(api)).toEqual(['0 m', '600 other']);
  });

  test('keeps a listed model in line for timeoutMs, counting from the last acceptance.', async () => {
    const api = scriptedApi({ b: [full(5)] }, { concurrency: 1 });
    const outcomes = await api.run(async () => {
      void outcomeOf(api, 'b', { timeoutMs: 10_000 });
      await api.clock.sleep(1000);
      return collect(api, ['c', 'b', 'd'], { timeoutMs: 300_000 });
    });
    expect(outcomes).toEqual([
      ['c', null, 1, 15],
      // They end when the next request would be later than their deadline.
      ['b', 'rate_limited', 6, expect.closeTo(170, 0)],
      ['d', 'rate_limited', 0, expect.closeTo(170, 0)],
    ]);
  });

  test.each([
    ['doubles the pause', [full(0), full(0), full(0), success], [0, 128, 129, 131, 135]],
    [
      'after another reply begins again with a second',
      [full(0), full(0), processing, full(0), success],
      [0, 128, 129, 131, 166, 167],
    ],
    [
      'after a failure begins again with a second, too',
      [full(0), full(0), full(0), apiError(500, 'Server error'), full(0), success],
      [0, 128, 129, 131, 135, 170, 171],
    ],
  ])('of a poll that names no time %s.', async (_, steps, at) => {
    const api = scriptedApi([processing, ...steps]);
    await api.run(() => outcomeOf(api));
    expect(api.requests.map((request) => request.at)).toEqual(at);
  });
});

describe('A failure of the account', () => {
  test('ends every waiting call.', async () => {
    const api = scriptedApi({ a: [processing], b: [apiError(402, 'Insufficient credits')] });
    const outcomes = await api.run(() => Promise.all([outcomeOf(api, 'a'), outcomeOf(api, 'b')]));
    expect(outcomes).toMatchObject([
      {
        status: 'processing',
        error: {
          code: 'payment_required',
          message: 'Stopped because another request failed: Insufficient credits',
        },
      },
      { status: 'error', error: { code: 'payment_required', message: 'Insufficient credits' } },
    ]);
  });

  const bad = apiError(401, 'Invalid API key');
  test.each<[string, Record<string, Step[]>, (string | null)[]]>([
    [
      'before any acceptance ends all',
      { a: [bad], b: [processing] },
      ['unauthorized', 'unauthorized'],
    ],
    ['once is retried', { a: [processing, bad, success], b: [processing, success] }, [null, null]],
    [
      'twice in a row ends all',
      { a: [processing, bad, bad], b: [processing] },
      ['unauthorized', 'unauthorized'],
    ],
    [
      'for a request that was open when the first one arrived does not count',
      {
        a: [processing, { ...bad, after: 1000 }, success],
        b: [processing, { ...bad, after: 2000 }, success],
      },
      [null, null],
    ],
    [
      'for a request that was sent after the first one ends all, whatever comes between',
      {
        a: [processing, { ...bad, after: 1000 }, success],
        b: [processing, { ...bad, after: 3000 }, success],
        // The first 401 makes room for its second request.
        c: [{ ...processing, after: 500 }, { ...bad, after: 5000 }, success],
      },
      ['unauthorized', 'unauthorized', 'unauthorized'],
    ],
    [
      'after an acceptance in between counts as the first one',
      { a: [processing, bad, processing, bad, success], b: [processing, success] },
      [null, null],
    ],
  ])('that is a 401 %s.', async (_, script, codes) => {
    const api = scriptedApi(script);
    const outcomes = await api.run(() =>
      Promise.all(Object.keys(script).map((id) => outcomeOf(api, id))),
    );
    expect(outcomes.map(({ error }) => error?.code ?? null)).toEqual(codes);
  });
});

describe('Slots', () => {
  test('are shared by all calls, and polls go before first requests.', async () => {
    const slow = { ...success, after: 100_000 };
    const api = scriptedApi(
      { a: [processing, success], b: [slow], c: [slow], d: [slow] },
      { concurrency: 1 },
    );
    await api.run(() => Promise.all(['a', 'b', 'c', 'd'].map((id) => outcomeOf(api, id))));
    expect(api.mostOpen()).toBe(1);
    // The poll of a was due at 128.
    expect(sentAt(api)).toEqual(['0 a', '0 b', '100 c', '200 a', '200 d']);
  });

  test('are released by a caller that leaves.', async () => {
    const api = scriptedApi({ a: [hangs], b: [success] }, { concurrency: 1 });
    await api.run(() =>
      Promise.all([outcomeOf(api, 'a', { timeoutMs: 5000 }), outcomeOf(api, 'b')]),
    );
    expect(sentAt(api)).toEqual(['0 a', '5 b']);
  });

  test('are reported as the reason while a model waits for one.', async () => {
    const api = scriptedApi([{ ...success, after: 10_000 }], { concurrency: 1 });
    const events: ReplyEvent[] = [];
    await api.run(() =>
      Promise.all([
        outcomeOf(api, 'a'),
        outcomeOf(api, 'b', { onReply: (event) => void events.push(event) }),
      ]),
    );
    expect(events).toMatchObject([
      { type: 'waiting', modelId: 'b', reason: 'slot', nextInMs: null },
      { type: 'reply', modelId: 'b', status: 'success' },
    ]);
  });
});

test('Events report the line and its earliest end.', async () => {
  const api = scriptedApi({ a: [processing, success], b: [full(70), success], c: [success] });
  const events: ReplyEvent[] = [];
  await api.run(() =>
    Promise.all([
      outcomeOf(api, 'a'),
      outcomeOf(api, 'b', { onReply: (event) => void events.push(event) }),
    ]),
  );
  expect(events).toMatchObject([
    { type: 'reply', errorCode: 'rate_limited', nextInMs: 70_000 },
    { type: 'waiting', reason: 'line', nextInMs: 70_000 },
    { type: 'waiting', reason: 'line', nextInMs: null },
    { type: 'reply', status: 'success', nextInMs: null },
  ]);
});

test('30 calls with one signal add one listener and leave none.', async () => {
  const api = scriptedApi([processing, success]);
  const stop = new AbortController();
  let listeners = 0;
  const { signal } = stop;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    listeners++;
    add(...args);
  };
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    listeners--;
    remove(...args);
  };
  await api.run(async () => {
    const all = Array.from({ length: 30 }, (_, at) => outcomeOf(api, `m${at}`, { signal }));
    expect(listeners).toBe(1);
    await Promise.all(all);
    await api.client.listTrainedModels({ signal }).catch(() => {});
  });
  expect(listeners).toBe(0);
});

test('The reason of an abort is the cause of the error.', async () => {
  const api = scriptedApi([processing]);
  const stop = new AbortController();
  const reason = { why: 'shutdown' };
  const error = await api.run(async () => {
    const call = api.client.reload('m', { signal: stop.signal }).catch((thrown) => thrown);
    await api.clock.sleep(1000);
    stop.abort(reason);
    return call;
  });
  expect(error).toMatchObject({ code: 'aborted', cause: reason });
});

test.each([-3_600_000, 3_600_000])(
  'A wall clock that jumps by %i ms changes only timestamps.',
  async (jumpMs) => {
    const host = scriptedApi([]);
    const clock = {
      now: () => host.clock.now() + (host.now() > 50 ? jumpMs : 0),
      monotonicMs: () => host.clock.now(),
      sleep: host.clock.sleep,
    };
    const replies = [processing, success].map(({ body }) => JSON.stringify(body));
    const transport = async () => ({ status: 200, headers: {}, text: replies.shift() ?? '' });
    const client = createClient({ apiKey: 'demo-key', transport, clock });
    const outcome = await host.run(async () => {
      void client.reload('m');
      await host.clock.sleep(60_000);
      return client.reload('m');
    });
    expect(outcome).toMatchObject({ status: 'success', evidence: 'change', elapsedMs: 68_000 });
    expect(host.now()).toBe(128);
  },
);

test('Two concurrent calls for the list share one request.', async () => {
  const api = scriptedApi({
    list: [{ body: { status: 'success', data: ['a', 'b'] }, after: 1000 }],
  });
  const lists = await api.run(() =>
    Promise.all([api.client.listTrainedModels(), api.client.listTrainedModels()]),
  );
  expect(lists).toEqual([
    ['a', 'b'],
    ['a', 'b'],
  ]);
  expect(lists[0]).not.toBe(lists[1]);
  expect(api.requests).toHaveLength(1);
});

test('What other code has put into Object.prototype is no call and no model.', async () => {
  const api = scriptedApi([processing, success]);
  Reflect.set(Object.prototype, 'polluted', 'x');
  try {
    const outcomes = await api.run(() => Promise.all([outcomeOf(api), outcomeOf(api)]));
    expect(outcomes).toMatchObject([{ status: 'success' }, { status: 'success' }]);
  } finally {
    Reflect.deleteProperty(Object.prototype, 'polluted');
  }
});

describe('While the queue is full', () => {
  test('a trial that was open when another request was rejected does not open the line.', async () => {
    const api = scriptedApi(
      {
        x: [processing],
        y: [processing],
        b: [full(10), { ...processing, after: 20_000 }, success],
        c: [full(20), success],
      },
      { concurrency: 3 },
    );
    await api.run(async () => {
      const leaving = ['x', 'y'].map((id) => outcomeOf(api, id, { timeoutMs: 15_000 }));
      await api.clock.sleep(1000);
      const b = outcomeOf(api, 'b');
      await api.clock.sleep(1000);
      await Promise.all([...leaving, b, outcomeOf(api, 'c')]);
    });
    // The trial of `b` is accepted at 31 s. The second rejection in a row doubles the 20 s.
    expect(sentAt(api).slice(0, 6)).toEqual(['0 x', '0 y', '1 b', '11 b', '15 c', '55 c']);
  });

  test('the first trial that is rejected after an accepted one waits for the requested time.', async () => {
    const api = scriptedApi({
      x: [processing],
      b: [full(5), processing, success],
      d: [full(5), success],
    });
    await api.run(async () => {
      await outcomeOf(api, 'x', { until: 'accepted' });
      // An older load may have ended unnoticed, so the accepted trial does not open the line.
      await api.clock.sleep(65_000);
      const b = outcomeOf(api, 'b');
      await api.clock.sleep(1000);
      await Promise.all([b, outcomeOf(api, 'd')]);
    });
    expect(sentAt(api).slice(0, 5)).toEqual(['0 x', '65 b', '70 b', '70 d', '75 d']);
  });

  test('all calls that have less time than the API requested end immediately.', async () => {
    const api = scriptedApi({ x: [{ ...full(600), after: 5000 }] }, { concurrency: 1 });
    const ended = await api.run(() =>
      Promise.all(
        ['x', 'a', 'b', 'c'].map(async (id) => {
          const { error } = await outcomeOf(api, id, { timeoutMs: 60_000 });
          return `${id} ${error?.code} ${api.now()}`;
        }),
      ),
    );
    expect(ended).toEqual(['x', 'a', 'b', 'c'].map((id) => `${id} rate_limited 5`));
  });
});
