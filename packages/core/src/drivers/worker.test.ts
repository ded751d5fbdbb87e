import { AsyncLocalStorage } from 'node:async_hooks';
import { createVirtualClock } from '@modelslab-reload/emulator';
import { afterAll, expect, test } from 'vitest';
import { processing, scriptedApi, success, type Step } from '../../test/scripted-api.ts';
import { createClient } from '../client.ts';
import type { Outcome, ReloadError, ReloadOptions, Transport } from '../engine.ts';
import type { State } from '../state/state.ts';
import { createWorkerDriver } from './worker.ts';

/** A request to a Worker; nothing of it runs after it has ended. */
interface RequestContext {
  hasEnded: boolean;
}
const contexts = new AsyncLocalStorage<RequestContext>();

// Otherwise every promise of the files that share the process would be tracked for it.
afterAll(() => contexts.disable());

/**
 * Creates a client as in a Worker: everything that a request has started stops when the request has ended,
 * and a promise that belongs to another request never resolves.
 */
function workerApi(script: Parameters<typeof scriptedApi>[0], options = {}) {
  const api = scriptedApi(script, options, { isIsolated: true });
  const { sleep } = api.clock;
  const stopWithRequest: typeof sleep = async (ms, signal) => {
    const context = contexts.getStore();
    await sleep(ms, signal);
    if (context?.hasEnded) await new Promise(() => {});
  };
  Object.assign(api.clock, { sleep: stopWithRequest });
  return api;
}

const outcomeOf = (api: ReturnType<typeof scriptedApi>, options: ReloadOptions = {}) =>
  api.client.reload('m', options).catch((error: ReloadError) => error.outcome);

test('Callers in a Worker share requests through common state.', async () => {
  const api = workerApi([processing, success]);
  const outcomes = await api.run(() =>
    Promise.all(
      Array.from({ length: 4 }, () => contexts.run({ hasEnded: false }, () => outcomeOf(api))),
    ),
  );
  expect(api.requests.map(({ at }) => at)).toEqual([0, 128]);
  for (const outcome of outcomes) {
    expect(outcome).toMatchObject({ status: 'success', evidence: 'change', requests: 2 });
  }
});

test('A caller sees the reply to its own request immediately, and other callers at their next check.', async () => {
  const api = workerApi([{ ...success, after: 20 }]);
  const [own, other] = await api.run(() => Promise.all([outcomeOf(api), outcomeOf(api)]));
  expect(own).toMatchObject({ status: 'success', elapsedMs: 20 });
  expect(other).toMatchObject({ status: 'success', elapsedMs: 500 });
});

test('When the sender of an open request leaves, another caller takes over after the interval.', async () => {
  const api = workerApi([{ ...success, after: 60_000 }, success]);
  const [first, ...others] = await api.run(() =>
    Promise.all([
      outcomeOf(api, { timeoutMs: 1000 }),
      outcomeOf(api),
      outcomeOf(api),
      outcomeOf(api),
    ]),
  );
  expect(first).toMatchObject({ error: { code: 'wait_timeout' } });
  expect(api.requests.map(({ at, endedAt }) => [at, endedAt])).toEqual([
    [0, 1],
    [36, 36],
  ]);
  for (const outcome of others) expect(outcome).toMatchObject({ status: 'success' });
});

test.each<[string, Step[], number[]]>([
  ['while its request is open', [{ ...success, after: 20_000 }, success], [0, 38]],
  ['while the model loads', [processing, success], [0, 128]],
])('When the first request to the Worker ends %s, the others continue.', async (_, script, at) => {
  const api = workerApi(script, { concurrency: 1 });
  const gone = { hasEnded: false };
  const outcomes: (Outcome | null)[] = [];
  await api.run(async () => {
    void contexts.run(gone, () => outcomeOf(api));
    await api.clock.sleep(100);
    const others = [1, 2, 3].map(() =>
      contexts.run({ hasEnded: false }, async () => outcomes.push(await outcomeOf(api))),
    );
    await api.clock.sleep(900);
    gone.hasEnded = true;
    await Promise.all(others);
  });
  expect(outcomes).toHaveLength(3);
  for (const outcome of outcomes) expect(outcome).toMatchObject({ status: 'success' });
  const sent = api.requests.map((request) => request.at);
  expect(sent).toHaveLength(at.length);
  // The other callers notice at their next check.
  for (const [nth, expected] of at.entries()) {
    expect(sent[nth]).toBeGreaterThanOrEqual(expected - 2);
    expect(sent[nth]).toBeLessThanOrEqual(expected + 2);
  }
});

test('A caller that is gone does not occupy a slot or a position in the queue.', async () => {
  const api = workerApi({ a: [{ ...success, after: 20_000 }] }, { concurrency: 1 });
  const gone = { hasEnded: false };
  const outcome = await api.run(async () => {
    void contexts.run(gone, () => api.client.reload('a').catch(() => {}));
    void contexts.run(gone, () => api.client.reload('b').catch(() => {}));
    await api.clock.sleep(100);
    gone.hasEnded = true;
    return contexts.run({ hasEnded: false }, () => outcomeOf(api));
  });
  expect(outcome).toMatchObject({ status: 'success' });
  expect(outcome?.elapsedMs).toBeLessThan(4000);
});

test('A caller that is not the sender may leave without ending the open request.', async () => {
  const api = workerApi([{ ...success, after: 5000 }]);
  const [sender, other] = await api.run(() =>
    Promise.all([outcomeOf(api), outcomeOf(api, { timeoutMs: 1000 })]),
  );
  expect(sender).toMatchObject({ status: 'success', requests: 1, elapsedMs: 5000 });
  expect(other).toMatchObject({ error: { code: 'wait_timeout' } });
  expect(api.requests).toMatchObject([{ at: 0, endedAt: 5 }]);
});

test('The request of a sender that is gone is not aborted, and its late reply is ignored.', async () => {
  const clock = createVirtualClock(0);
  const gone = { hasEnded: false };
  const signals: AbortSignal[] = [];
  let wasAborted: boolean | undefined;
  const texts = ['{"status":"error","message":"Model not found"}', '{"status":"processing"}'];
  const transport: Transport = async (_, signal) => {
    signals.push(signal);
    const nth = signals.length;
    if (nth === 2) wasAborted = signals[0]?.aborted;
    // The reply to the first request arrives while the second one is open.
    await clock.sleep(nth === 1 ? 39_000 : 5000);
    return { status: 200, headers: {}, text: texts[nth - 1] ?? '{"status":"success"}' };
  };
  const sleep: typeof clock.sleep = async (ms, signal) => {
    const context = contexts.getStore();
    await clock.sleep(ms, signal);
    if (context?.hasEnded) await new Promise(() => {});
  };
  const client = createClient(
    { apiKey: 'test-key-0123456789', transport, clock: { now: clock.now, sleep } },
    { random: () => 0, createDriver: createWorkerDriver },
  );
  const outcome = await clock.run(async () => {
    void contexts.run(gone, () => client.reload('m').catch(() => {}));
    await clock.sleep(100);
    const other = contexts.run({ hasEnded: false }, () => client.reload('m'));
    gone.hasEnded = true;
    return other;
  });
  expect(wasAborted).toBe(false);
  expect(outcome).toMatchObject({ status: 'success', evidence: 'change', requests: 2 });
});

test("A caller whose onReply throws at the model's success leaves the image to the others.", async () => {
  const image = { body: { status: 'success', output: ['https://images.example/a.png'] } };
  const api = workerApi({ m: [{ ...success, after: 1000 }], 'image m': [image] });
  const thrown = new Error('of the caller');
  const onReply = () => {
    throw thrown;
  };
  const [sender, other] = await api.run(() =>
    Promise.allSettled([
      api.client.reload('m', { until: 'image', onReply }),
      api.client.reload('m', { until: 'image' }),
    ]),
  );
  expect(sender).toEqual({ status: 'rejected', reason: thrown });
  expect(other).toMatchObject({ status: 'fulfilled', value: { evidence: 'image' } });
  // After the interval rather than the request timeout.
  expect(api.requests.map(({ id, at }) => [id, Math.round(at)])).toEqual([
    ['m', 0],
    ['image m', 36],
  ]);
});

test('What a caller in a Worker reads when it checks does not grow with the number of callers.', async () => {
  const readsOf = async (callers: number) => {
    let reads = 0;
    let counted: State['calls'] | undefined;
    const betweenEvents = (state: State) => {
      counted ??= new Proxy(state.calls, {
        get(calls, id) {
          reads++;
          return Reflect.get(calls, id);
        },
      });
      state.calls = counted;
      return state;
    };
    const api = scriptedApi([processing, success], {}, { isIsolated: true, betweenEvents });
    await api.run(() => Promise.all(Array.from({ length: callers }, () => outcomeOf(api))));
    return reads / callers;
  };
  expect(await readsOf(80)).toBeLessThan(2 * (await readsOf(10)));
});
