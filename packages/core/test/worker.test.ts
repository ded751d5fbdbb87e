import { expect, test } from 'vitest';
import type { Outcome, ReloadError, ReloadOptions } from '../src/engine.ts';
import { hangs, processing, success, type Step } from './scripted-api.ts';
import { createIsolate } from './worker-isolate.ts';

type Isolate = ReturnType<typeof createIsolate>;
const FOREVER = { name: 'request', endsAt: Infinity };

const reload = ({ client }: Isolate, id: string, options: ReloadOptions = {}) =>
  client.reload(id, options).catch((error: ReloadError) => error.outcome ?? null);
const collect = async ({ client, nowMs }: Isolate, ids: string[], options: ReloadOptions = {}) => {
  const ended: [string, Outcome['status'], number][] = [];
  for await (const { modelId, status } of client.reloadMany(ids, options)) {
    ended.push([modelId, status, nowMs() / 1000]);
  }
  return ended;
};
const sent = ({ requests }: Isolate) => requests.map(({ id, at }) => `${at} ${id}`);

test('A list in a Worker loads its models side by side with one slot.', async () => {
  const isolate = createIsolate(
    { a: [processing, success], b: [processing, success], c: [processing, success] },
    { concurrency: 1 },
  );
  const ended = await isolate.run(() =>
    isolate.handle(FOREVER, () => collect(isolate, ['a', 'b', 'c'])),
  );
  expect(ended?.map(([id, status]) => `${id} ${status}`).toSorted()).toEqual([
    'a success',
    'b success',
    'c success',
  ]);
  for (const [, , at] of ended ?? []) expect(at).toBeLessThan(131);
});

test.each([
  ['before', 0, 10_000],
  ['after', 10_000, 0],
])('A list in a Worker shares a model with a call that began %s it.', async (_, listAt, callAt) => {
  const isolate = createIsolate({ a: [processing, success], b: [processing, success] });
  const [ended, outcome] = await isolate.run(() =>
    Promise.all([
      isolate.handle({ ...FOREVER }, async () => {
        await isolate.sleep(listAt);
        return collect(isolate, ['a', 'b']);
      }),
      isolate.handle({ ...FOREVER }, async () => {
        await isolate.sleep(callAt);
        return reload(isolate, 'a');
      }),
    ]),
  );
  expect(outcome).toMatchObject({ status: 'success', evidence: 'change' });
  expect(ended?.map(([id, status]) => `${id} ${status}`).toSorted()).toEqual([
    'a success',
    'b success',
  ]);
  expect(isolate.requests.map(({ id }) => id).toSorted()).toEqual(['a', 'a', 'b', 'b']);
  expect([...isolate.violations]).toEqual([]);
});

test('A list in a Worker does not send for a call that waits in another request to it.', async () => {
  const isolate = createIsolate({
    a: [processing, { ...success, after: 1000 }],
    b: [processing, { ...success, after: 5000 }],
  });
  const [, outcome] = await isolate.run(() =>
    Promise.all([
      isolate.handle({ name: 'list', endsAt: Infinity }, () => collect(isolate, ['a'])),
      isolate.handle({ name: 'call', endsAt: Infinity }, () => reload(isolate, 'b')),
    ]),
  );
  // The list ends while the request for `b` is open, which must not end with it.
  expect(isolate.senders.map((sender) => sender?.name)).toEqual(['list', 'call', 'list', 'call']);
  expect(outcome).toMatchObject({ status: 'success', requests: 2, elapsedMs: 133_000 });
});

test.each<[string, Step[], (isolate: Isolate) => Promise<unknown>]>([
  ['reload', [hangs, success], (isolate) => isolate.client.reload('m')],
  ['reloadMany', [hangs, success], (isolate) => collect(isolate, ['m', 'n'])],
  ['listTrainedModels', [success], (isolate) => isolate.client.listTrainedModels()],
])(
  'A request to a Worker that ends during %s leaves nothing that others wait for.',
  async (_, m, begin) => {
    const isolate = createIsolate({ m, list: [hangs], n: [hangs] }, { concurrency: 1 });
    const outcome = await isolate.run(async () => {
      void isolate.handle({ name: 'first', endsAt: 1000 }, () => begin(isolate));
      await isolate.sleep(100);
      return isolate.handle({ name: 'second', endsAt: Infinity }, () =>
        reload(isolate, 'm', { timeoutMs: 60_000 }),
      );
    });
    expect(outcome).toMatchObject({ status: 'success', error: null });
    expect([...isolate.violations]).toEqual([]);
  },
);

test('The request timeout of a caller in a Worker does not end with an earlier request to the Worker.', async () => {
  const isolate = createIsolate({ a: [hangs], b: [hangs, success] }, { requestTimeoutMs: 20_000 });
  const outcome = await isolate.run(async () => {
    void isolate.handle({ name: 'first', endsAt: 1000 }, () => reload(isolate, 'a'));
    await isolate.sleep(100);
    return isolate.handle({ name: 'second', endsAt: Infinity }, () => reload(isolate, 'b'));
  });
  expect(outcome).toMatchObject({ status: 'success', requests: 2 });
  expect(sent(isolate)).toEqual(['0 a', '0.1 b', '55.1 b']);
});

test.each<[string, Step]>([
  ['that comes after the stall', { ...success, after: 15_000 }],
  ['that came during the stall', { ...success, after: 5000 }],
])('A caller in a Worker gets the reply to its own request %s.', async (_, step) => {
  const isolate = createIsolate([step], { stalls: [{ at: 1000, ms: 10_000 }] });
  const outcome = await isolate.run(() => isolate.handle(FOREVER, () => reload(isolate, 'm')));
  expect(outcome).toMatchObject({ status: 'success', requests: 1 });
  expect(outcome?.elapsedMs).toBe(Math.max(11_000, step.after ?? 0));
  expect(sent(isolate)).toEqual(['0 m']);
});

test('A caller in a Worker that others took for gone goes on when it runs again.', async () => {
  const isolate = createIsolate([{ ...success, after: 1000 }, success]);
  const late = { name: 'late', endsAt: Infinity, stall: { at: 600, ms: 9000 } };
  const [outcome, other] = await isolate.run(() =>
    Promise.all([
      isolate.handle(late, () => reload(isolate, 'm')),
      isolate.handle({ ...FOREVER }, () => reload(isolate, 'm', { timeoutMs: 20_000 })),
    ]),
  );
  // The other one has given up the request by then, and leaves before it may send one.
  expect(other?.error?.code).toBe('wait_timeout');
  expect(outcome).toMatchObject({ status: 'success', error: null });
  expect(isolate.requests).toHaveLength(2);
  expect([...isolate.violations]).toEqual([]);
});

test('A caller in a Worker that is late, but that no other took for gone, keeps its request.', async () => {
  const isolate = createIsolate({ m: [{ ...success, after: 10_000 }], other: [hangs] });
  // Others take it for gone 2 s after its check at 500 ms, and check themselves every 500 ms.
  const late = { name: 'late', endsAt: Infinity, stall: { at: 600, ms: 2200 } };
  const [outcome] = await isolate.run(() =>
    Promise.all([
      isolate.handle(late, () => reload(isolate, 'm')),
      isolate.handle({ ...FOREVER }, () => reload(isolate, 'other', { timeoutMs: 20_000 })),
    ]),
  );
  expect(outcome).toMatchObject({ status: 'success', requests: 1, elapsedMs: 10_000 });
});

test('A caller in a Worker that comes back sends what has become due.', async () => {
  const isolate = createIsolate({ m: [processing, success], other: [hangs] });
  const late = { name: 'late', endsAt: Infinity, stall: { at: 100_000, ms: 50_000 } };
  const [outcome] = await isolate.run(() =>
    Promise.all([
      isolate.handle(late, () => reload(isolate, 'm')),
      isolate.handle({ ...FOREVER }, () => reload(isolate, 'other', { timeoutMs: 200_000 })),
    ]),
  );
  expect(outcome).toMatchObject({ status: 'success', elapsedMs: 150_000 });
});

test('The deadline of a call whose request to the Worker has ended ends nothing of others.', async () => {
  const isolate = createIsolate([hangs, success]);
  const outcome = await isolate.run(async () => {
    const gone = { name: 'gone', endsAt: 1000 };
    void isolate.handle(gone, () => reload(isolate, 'm', { timeoutMs: 20_000 }));
    await isolate.sleep(100);
    return isolate.handle({ ...FOREVER }, () => reload(isolate, 'm'));
  });
  expect(outcome).toMatchObject({ status: 'success', requests: 1 });
  expect(outcome?.elapsedMs).toBeLessThan(40_000);
});

test('A caller in a Worker that is gone when its model has loaded keeps no slot for its image.', async () => {
  const isolate = createIsolate({ m: [processing, success] });
  const outcome = await isolate.run(async () => {
    const gone = { name: 'gone', endsAt: 100_000 };
    void isolate.handle(gone, () => reload(isolate, 'm', { until: 'image' }));
    void isolate.handle({ ...FOREVER }, () => reload(isolate, 'm'));
    await isolate.sleep(140_000);
    return isolate.handle({ ...FOREVER }, () => reload(isolate, 'other'));
  });
  expect(outcome).toMatchObject({ status: 'success', elapsedMs: 0 });
});
