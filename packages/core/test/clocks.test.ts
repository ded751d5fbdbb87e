import { describe, expect, test } from 'vitest';
import type { ReloadOptions } from '../src/engine.ts';
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

const HOUR_MS = 3_600_000;
const image: Step = { body: { status: 'success', output: ['https://cdn.example/1.png'] } };
const generating: Step = { body: { status: 'processing', id: 7, eta: 20 } };
const spam = apiError(200, 'Rate limit exceeded', { tips: 'spam filter, wait for 60 seconds' });
/** Requests a retry at a time of the day that the wall clock shows; the clients start at 20:15:00. */
const retryAt = (time: string, status = 503): Step => ({
  ...apiError(status, 'Server error'),
  headers: { 'retry-after': `Sat, 21 Nov 2026 ${time} GMT` },
});
type Script = Record<string, Step[]>;

/** Waits of every kind, and when their requests are sent, in seconds. */
const WAITS: [string, Script, ReloadOptions, string[]][] = [
  ['the interval', { m: [apiError(500, 'Server error'), success] }, {}, ['0 m', '35 m']],
  [
    'the schedule of a load',
    { m: [processing, processing, success] },
    {},
    ['0 m', '128 m', '163 m'],
  ],
  [
    'a requested time',
    { m: [apiError(503, 'Error', { retry_after: 90 }), success] },
    {},
    ['0 m', '90 m'],
  ],
  ['the spam filter', { m: [spam, success] }, {}, ['0 m', '60 m']],
  ['a full queue', { m: [full(90), success] }, {}, ['0 m', '90 m']],
  ['a pause of the client', { m: [processing, full(90), success] }, {}, ['0 m', '128 m', '218 m']],
  ['a network that starts', { m: [{ fails: 'ECONNREFUSED' }, success] }, {}, ['0 m', '1 m']],
  ['the request timeout', { m: [hangs, success] }, {}, ['0 m', '185 m']],
  ['the deadline', { m: [hangs] }, { timeoutMs: 90_000 }, ['0 m']],
  [
    'an image',
    { 'image m': [generating], 'fetch 7': [image] },
    { until: 'image' },
    ['0 m', '0 image m', '20 fetch 7'],
  ],
  [
    'an image that takes longer',
    { 'image m': [generating], 'fetch 7': [generating, generating, image] },
    { until: 'image' },
    ['0 m', '0 image m', '20 fetch 7', '55 fetch 7', '90 fetch 7'],
  ],
];

describe.each([
  ['set back by an hour', -HOUR_MS],
  ['set forward by an hour', HOUR_MS],
  ['set forward by a year', 8760 * HOUR_MS],
])('A wall clock that is %s', (_, ms) => {
  test.each(WAITS)(
    'does not change how long a call waits: %s',
    async (_wait, script, options, sent) => {
      const play = async (moveBy: number) => {
        const api = scriptedApi(script);
        const outcome = await api.run(async () => {
          void api.clock.sleep(500).then(() => api.moveWall(moveBy));
          return outcomeOf(api, 'm', options);
        });
        const { elapsedMs, startedAt, requests, status, error } = outcome;
        expect(api.requests.map(({ at, id }) => `${at} ${id}`)).toEqual(sent);
        return { elapsedMs, startedAt, requests, status, error };
      };
      expect(await play(ms)).toEqual(await play(0));
    },
  );

  test('is what the timestamps of an outcome show.', async () => {
    const api = scriptedApi([processing, success]);
    const outcome = await api.run(async () => {
      void api.clock.sleep(500).then(() => api.moveWall(ms));
      return outcomeOf(api);
    });
    const repliedAt = new Date(Date.parse(outcome.startedAt) + 128_000 + ms).toISOString();
    expect(outcome).toMatchObject({
      startedAt: '2026-11-21T20:15:00.000Z',
      elapsedMs: 128_000,
      repliedAt,
    });
  });
});

test.each<[string, Script, string[]]>([
  ['after a failure', { m: [retryAt('20:16:00'), success] }, ['0 m', '60 m']],
  [
    'after a failure that took long',
    { m: [{ ...retryAt('20:16:00'), after: 10_000 }, success] },
    ['0 m', '60 m'],
  ],
  [
    'while the model loads',
    { m: [processing, retryAt('20:19:08'), success] },
    ['0 m', '128 m', '248 m'],
  ],
  ['while the queue is full', { m: [retryAt('20:16:00', 429), success] }, ['0 m', '60 m']],
  [
    'while the client pauses',
    { m: [processing, retryAt('20:19:08', 429), success] },
    ['0 m', '128 m', '248 m'],
  ],
  ['for an image', { 'image m': [retryAt('20:16:00'), image] }, ['0 m', '0 image m', '60 image m']],
])(
  'A date in Retry-After without a Date header is read against the wall clock %s.',
  async (_, script, sent) => {
    const api = scriptedApi(script);
    await api.run(() => outcomeOf(api, 'm', { until: 'image m' in script ? 'image' : 'success' }));
    expect(api.requests.map(({ at, id }) => `${at} ${id}`)).toEqual(sent);
  },
);

test('A date in Retry-After without a Date header is read against the wall clock for the list.', async () => {
  const api = scriptedApi({
    list: [retryAt('20:16:00'), { body: { status: 'success', data: ['a'] } }],
  });
  expect(await api.run(() => api.client.listTrainedModels())).toEqual(['a']);
  expect(api.requests.map(({ at }) => at)).toEqual([0, 60]);
});

test('A date in Retry-After without a Date header is read against the wall clock in a Worker.', async () => {
  const isolate = createIsolate([retryAt('20:16:00'), success]);
  const outcome = await isolate.run(() =>
    isolate.handle({ name: 'request', endsAt: Infinity }, () => isolate.client.reload('m')),
  );
  expect(outcome).toMatchObject({ status: 'success', elapsedMs: 60_000 });
  expect(isolate.requests.map(({ at }) => at)).toEqual([0, 60]);
});
