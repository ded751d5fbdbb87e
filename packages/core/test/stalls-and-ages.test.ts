import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ReloadOptions } from '../src/engine.ts';
import { isFull, runs } from './effort.ts';
import {
  apiError,
  full,
  outcomeOf,
  processing,
  scriptedApi,
  success,
  type Step,
} from './scripted-api.ts';
import { play, rejectedFirst, use } from './uses.ts';
import { findFaults, scenario, stalls } from './worker-callers.ts';
import { createIsolate } from './worker-isolate.ts';

test('Callers of all kinds in a Worker get what came, although the isolate stalls.', async () => {
  await fc.assert(
    fc.asyncProperty(scenario, stalls, async (some, isolateStalls) => {
      expect(await findFaults(some, isolateStalls)).toEqual([]);
    }),
    runs(60),
  );
});

// The first caller sends. After the stall another one may be the first to look, before the reply or after it.
test.each(
  [150, 250, 550, 620].flatMap((at) =>
    [2600, 20_000].flatMap((ms) =>
      [true, false].map((areRepliesLast) => ({ at, ms, areRepliesLast })),
    ),
  ),
)(
  'All callers in a Worker get the reply that came during a stall: %o.',
  async ({ at, ms, areRepliesLast }) => {
    const isolate = createIsolate([{ ...success, after: 1000 }], {
      stalls: [{ at, ms }],
      areRepliesLast,
    });
    const ended = await isolate.run(() =>
      Promise.all(
        [0, 100, 200].map(async (startAt) => {
          await isolate.sleep(startAt);
          return isolate.handle({ name: `call at ${startAt}`, endsAt: Infinity }, async () => {
            const { status } = await isolate.client.reload('m', { timeoutMs: 60_000 });
            return { status, endedAt: isolate.nowMs() };
          });
        }),
      ),
    );
    expect(isolate.requests).toHaveLength(1);
    for (const end of ended) {
      expect(end?.status).toBe('success');
      expect(end?.endedAt).toBeLessThanOrEqual(at + ms + 500);
    }
  },
);

describe('After a machine was suspended', () => {
  const image: Step = { body: { status: 'success', output: ['https://cdn.example/1.png'] } };
  const notFound = apiError(404, 'Model not found');
  const HOUR_MS = 3_600_000;
  test.each<[string, Record<string, Step[]>, ReloadOptions, number]>([
    ['a success within `maxAgeMs`', { m: [success] }, { maxAgeMs: 6 * HOUR_MS }, 7 * HOUR_MS],
    ['a success within the interval', { m: [success] }, {}, HOUR_MS],
    [
      'an image within `maxAgeMs`',
      { m: [success], 'image m': [image] },
      { until: 'image', maxAgeMs: 6 * HOUR_MS },
      7 * HOUR_MS,
    ],
    ['an acceptance', { m: [processing] }, { until: 'accepted' }, HOUR_MS],
    ['a final failure', { m: [notFound, success] }, {}, HOUR_MS],
  ])('%s does not answer a call without a request.', async (_, script, options, suspendedMs) => {
    const api = scriptedApi(script);
    const outcome = await api.run(async () => {
      await outcomeOf(api, 'm', options);
      await api.clock.sleep(1000);
      api.moveWall(suspendedMs);
      return outcomeOf(api, 'm', options);
    });
    expect(outcome.requests).toBeGreaterThan(0);
    expect(outcome.error).toBeNull();
  });

  test('an acceptance of more than 15 minutes ago is not evidence of a change.', async () => {
    const api = scriptedApi([processing, success]);
    const outcome = await api.run(async () => {
      await outcomeOf(api, 'm', { until: 'accepted' });
      api.moveWall(HOUR_MS);
      return outcomeOf(api);
    });
    expect(outcome).toMatchObject({ status: 'success', evidence: 'reply' });
  });

  test('an image that was ordered more than 15 minutes ago is not evidence.', async () => {
    const generating: Step = { body: { status: 'processing', id: 7, eta: 20 } };
    const api = scriptedApi({ 'image m': [generating, image], 'fetch 7': [image] });
    const outcome = await api.run(async () => {
      await outcomeOf(api, 'm', { until: 'image', timeoutMs: 10_000 });
      api.moveWall(HOUR_MS);
      return outcomeOf(api, 'm', { until: 'image' });
    });
    expect(outcome.evidence).toBe('image');
    expect(api.requests.map(({ id }) => id)).toEqual(['m', 'image m', 'm', 'image m']);
  });
});

test('Timers that end early do not shorten an interval or a deadline.', async () => {
  const api = scriptedApi([processing], { pollIntervalMs: 3000 });
  const { sleep } = api.clock;
  // As timers of Node, which cut the fraction of a delay.
  const cutFraction: typeof sleep = (ms, signal) => sleep(Math.max(1, Math.trunc(ms)), signal);
  Object.assign(api.clock, { sleep: cutFraction });
  const waits: number[] = [];
  const calls = isFull ? 2000 : 290;
  await api.run(async () => {
    for (let nth = 0; nth < calls; nth++) {
      await sleep(11_400 / calls);
      const startedAt = api.now();
      const end = () => waits.push(1000 * (api.now() - startedAt));
      void outcomeOf(api, 'm', { timeoutMs: 2500 }).then(end);
    }
    await sleep(3000);
  });
  const intervals = api.requests
    .slice(1)
    .map(({ at }, nth) => 1000 * (at - (api.requests[nth]?.endedAt ?? 0)));
  expect(waits).toHaveLength(calls);
  expect(Math.min(...waits)).toBeGreaterThan(2500 - 1);
  expect(Math.min(...intervals)).toBeGreaterThan(3000 - 1);
});

describe('A model that the API accepted a day ago', () => {
  test.each<[string, Step, ReloadOptions]>([
    ['and that is loaded', success, {}],
    ['and that nobody polled', processing, { until: 'accepted' }],
  ])(
    '%s is retried after the requested time when the queue is full.',
    async (_, first, options) => {
      const api = scriptedApi([first, full(30), success]);
      const outcome = await api.run(async () => {
        await outcomeOf(api, 'm', options);
        await api.clock.sleep(86_400_000);
        return outcomeOf(api);
      });
      expect(outcome).toMatchObject({ status: 'success', elapsedMs: 30_000, requests: 2 });
    },
  );

  test('does not keep the others and itself from being sent.', async () => {
    const api = scriptedApi({ a: [full(30), success], b: [processing, success] });
    const outcomes = await api.run(async () => {
      await outcomeOf(api, 'b', { until: 'accepted' });
      await outcomeOf(api, 'a', { timeoutMs: 20_000 });
      await api.clock.sleep(86_400_000);
      return Promise.all([outcomeOf(api, 'b'), outcomeOf(api, 'a')]);
    });
    for (const outcome of outcomes)
      expect(outcome).toMatchObject({ status: 'success', elapsedMs: 0 });
  });
});

test('A day after its queue was full, a client behaves as a new one.', async () => {
  await fc.assert(
    fc.asyncProperty(
      use(rejectedFirst),
      fc.option(use(rejectedFirst), { freq: 1 }),
      async (first, other) => {
        const second = other ?? first;
        expect(await play([first, second])).toEqual(await play([second]));
      },
    ),
    runs(100),
  );
});

test('An image that was ordered a day ago is no evidence.', async () => {
  const generating: Step = { body: { status: 'processing', id: 7, eta: 20 } };
  const image: Step = { body: { status: 'success', output: ['https://cdn.example/1.png'] } };
  const api = scriptedApi({ 'image m': [generating, image], 'fetch 7': [image] });
  const outcome = await api.run(async () => {
    await outcomeOf(api, 'm', { until: 'image', timeoutMs: 10_000 });
    await api.clock.sleep(86_400_000);
    return outcomeOf(api, 'm', { until: 'image' });
  });
  expect(outcome.evidence).toBe('image');
  expect(api.requests.map(({ id }) => id)).toEqual(['m', 'image m', 'm', 'image m']);
});
