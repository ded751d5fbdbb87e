import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ClientOptions } from '../src/engine.ts';
import {
  apiError,
  full,
  hangs,
  outcomeOf,
  processing,
  scriptedApi,
  success,
  type Step,
} from './scripted-api.ts';
import { createIsolate } from './worker-isolate.ts';

type Api = ReturnType<typeof scriptedApi>;
/** A call about a model that ends after so many seconds, whatever it waits for. */
type Leave = (api: Api, id: string, seconds: number) => Promise<unknown>;

const abortAfter = (api: Api, seconds: number) => {
  const stop = new AbortController();
  void api.clock.sleep(seconds * 1000).then(() => stop.abort());
  return stop.signal;
};
const WAYS: [string, Leave][] = [
  ['at its deadline', (api, id, seconds) => outcomeOf(api, id, { timeoutMs: seconds * 1000 })],
  ['by its signal', (api, id, seconds) => outcomeOf(api, id, { signal: abortAfter(api, seconds) })],
  [
    'with its list',
    async (api, id, seconds) => {
      const options = { signal: abortAfter(api, seconds) };
      for await (const { error } of api.client.reloadMany([id], options)) {
        expect(error?.code).toBe('aborted');
      }
    },
  ],
];

/** What the first caller waits for when it leaves, when it does, and when the requests of all are sent. */
interface Case {
  script: Record<string, Step[]>;
  leavesAt: number;
  /** The others: their model, and when they begin. */
  others: [string, number][];
  options?: Partial<ClientOptions>;
  sent: [id: string, at: number][];
  /** The same in a Worker, if a request that ends with its sender makes a difference. */
  sentInWorker?: Case['sent'];
}
const CASES: [string, Case][] = [
  [
    'its own first request',
    {
      script: { a: [hangs, success] },
      leavesAt: 10,
      others: [['a', 20]],
      sent: [
        ['a', 0],
        ['a', 45],
      ],
      // Nobody notices before.
      sentInWorker: [
        ['a', 0],
        ['a', 55],
      ],
    },
  ],
  [
    'a first request that others wait for',
    {
      script: { a: [{ ...success, after: 60_000 }] },
      leavesAt: 10,
      others: [['a', 5]],
      sent: [['a', 0]],
      sentInWorker: [
        ['a', 0],
        ['a', 45],
      ],
    },
  ],
  [
    'a poll that others wait for',
    {
      script: { a: [processing, { ...success, after: 60_000 }] },
      leavesAt: 130,
      others: [['a', 5]],
      sent: [
        ['a', 0],
        ['a', 128],
      ],
      sentInWorker: [
        ['a', 0],
        ['a', 128],
        ['a', 165],
      ],
    },
  ],
  [
    'the next poll, which others need',
    {
      script: { a: [processing, success] },
      leavesAt: 100,
      others: [['a', 50]],
      sent: [
        ['a', 0],
        ['a', 128],
      ],
    },
  ],
  [
    'the next poll, and comes back',
    {
      script: { a: [processing, success] },
      leavesAt: 50,
      others: [['a', 60]],
      sent: [
        ['a', 0],
        ['a', 128],
      ],
    },
  ],
  [
    'a request in the only slot',
    {
      script: { a: [hangs] },
      leavesAt: 10,
      others: [['b', 5]],
      options: { concurrency: 1 },
      sent: [
        ['a', 0],
        ['b', 10],
      ],
    },
  ],
  [
    'a slot',
    {
      script: { c: [{ ...success, after: 20_000 }] },
      leavesAt: 10,
      others: [
        ['c', -1],
        ['b', 5],
      ],
      options: { concurrency: 1 },
      sent: [
        ['c', -1],
        ['b', 19],
      ],
    },
  ],
  [
    'the time that the spam filter requested',
    {
      script: {
        a: [apiError(200, 'Rate limit', { tips: 'spam filter, wait for 60 seconds' }), success],
      },
      leavesAt: 10,
      others: [['a', 20]],
      sent: [
        ['a', 0],
        ['a', 60],
      ],
    },
  ],
  [
    'its turn in the line',
    {
      script: { a: [full(30)] },
      leavesAt: 10,
      others: [
        ['b', 5],
        ['c', 20],
      ],
      sent: [
        ['a', 0],
        ['b', 30],
        ['c', 30],
      ],
    },
  ],
  [
    'the request that shows whether the queue is still full',
    {
      script: { a: [full(30), hangs] },
      leavesAt: 60,
      others: [
        ['b', 40],
        ['c', 70],
      ],
      sent: [
        ['a', 0],
        ['a', 30],
        ['b', 60],
        ['c', 70],
      ],
    },
  ],
  [
    'the only request that shows whether the queue is still full, before several others',
    {
      script: {
        a: [full(30), hangs],
        b: [{ ...success, after: 20_000 }],
        c: [{ ...success, after: 20_000 }],
      },
      leavesAt: 60,
      others: [
        ['b', 40],
        ['c', 40],
      ],
      sent: [
        ['a', 0],
        ['a', 30],
        ['b', 60],
        ['c', 60],
      ],
    },
  ],
  [
    'the pause of the client',
    {
      script: { a: [processing, full(100), success] },
      leavesAt: 130,
      others: [
        ['a', 150],
        ['b', 150],
      ],
      sent: [
        ['a', 0],
        ['a', 128],
        ['a', 228],
        ['b', 228],
      ],
    },
  ],
];

describe.each(WAYS)('A caller that leaves %s', (_, leave) => {
  test.each(CASES)(
    'does not keep others from what they need while it waits for %s.',
    async (_what, some) => {
      const api = scriptedApi(some.script, some.options);
      const outcomes = await api.run(async () => {
        const others = some.others.map(async ([id, startAt]) => {
          await api.clock.sleep(1000 + startAt * 1000);
          return outcomeOf(api, id);
        });
        await api.clock.sleep(1000);
        await leave(api, 'a', some.leavesAt);
        return Promise.all(others);
      });
      expect(outcomes.map(({ status }) => status)).toEqual(some.others.map(() => 'success'));
      expect(api.requests.map(({ id, at }) => [id, at - 1])).toEqual(some.sent);
    },
  );
});

/** A caller in a Worker notices within so many seconds that another one is gone, and checks for replies. */
const NOTICED_WITHIN = 4;

describe('A request to a Worker that ends', () => {
  // Without jitter, as above.
  beforeEach(() => void vi.spyOn(Math, 'random').mockReturnValue(0));
  afterEach(() => void vi.restoreAllMocks());

  test.each(CASES)(
    'does not keep others from what they need while it waits for %s.',
    async (_, some) => {
      const isolate = createIsolate(some.script, some.options);
      const reload = (id: string) => isolate.client.reload(id).catch(() => null);
      const outcomes = await isolate.run(() => {
        void isolate.sleep(1000).then(() => {
          const context = { name: 'first', endsAt: 1000 + some.leavesAt * 1000 };
          return isolate.handle(context, () => reload('a'));
        });
        return Promise.all(
          some.others.map(async ([id, startAt]) => {
            await isolate.sleep(1000 + startAt * 1000);
            return isolate.handle({ name: `${id} at ${startAt}`, endsAt: Infinity }, () =>
              reload(id),
            );
          }),
        );
      });
      expect(outcomes.map((outcome) => outcome?.status)).toEqual(some.others.map(() => 'success'));
      const expected = some.sentInWorker ?? some.sent;
      expect(isolate.requests.map(({ id }) => id)).toEqual(expected.map(([id]) => id));
      for (const [nth, [, at]] of expected.entries()) {
        const late = (isolate.requests[nth]?.at ?? 0) - 1 - at;
        expect(late).toBeGreaterThanOrEqual(0);
        expect(late).toBeLessThan(NOTICED_WITHIN);
      }
      expect([...isolate.violations]).toEqual([]);
    },
  );
});

test('A model of a list that waits for a slot gets a deadline when the queue of the account is full.', async () => {
  const rejected = { ...full(1), after: 1000 };
  const api = scriptedApi({ a: [rejected, hangs] }, { concurrency: 1 });
  const [outcome, endedAt] = await api.run(async () => {
    void outcomeOf(api, 'a', { timeoutMs: 140_000 });
    await api.clock.sleep(500);
    for await (const ended of api.client.reloadMany(['b'], { timeoutMs: 100_000 })) {
      return [ended, api.now()] as const;
    }
    return [null, 0] as const;
  });
  expect(outcome?.error?.code).toBe('rate_limited');
  // Counted from the rejection.
  expect(endedAt).toBe(101);
});
