import { expect, test } from 'vitest';
import type { ReloadOptions } from '../src/engine.ts';
import {
  apiError,
  createScript,
  full,
  outcomeOf,
  processing,
  scriptedApi,
  success,
  type Step,
} from './scripted-api.ts';

const DAY_MS = 86_400_000;
const spam = apiError(200, 'Rate limit exceeded', { tips: 'spam filter, wait for 30 seconds' });
const unsent: Step = { fails: 'ECONNREFUSED' };
const failed = apiError(500, 'Server error');
const image: Step = { body: { status: 'success', output: ['https://cdn.example/1.png'] } };
const generating: Step = { body: { status: 'processing', id: 7, eta: 20 } };
const unloaded = apiError(200, 'Model is not loaded');

/** Plays a script twice with one client, a day apart, and returns the end and the requests of each call. */
async function playTwice(script: Record<string, Step[]>, options: ReloadOptions) {
  const api = scriptedApi(
    [],
    {
      transport: (request, signal) => current.transport(request, signal),
    },
    { random: () => 1 },
  );
  let current = createScript(script, api.clock);
  const play = async () => {
    current = createScript(script, api.clock);
    const startedAt = api.now();
    const { error, evidence } = await outcomeOf(api, 'm', options);
    const sent = current.requests.map(
      ({ id, at }) => `${Math.round(10 * (at - startedAt)) / 10} ${id}`,
    );
    return { end: error?.code ?? evidence, sent };
  };
  return api.run(async () => {
    const first = await play();
    await api.clock.sleep(DAY_MS);
    return [first, await play()];
  });
}

test.each<[string, Record<string, Step[]>, ReloadOptions, string, string[]]>([
  [
    'the schedule of a load',
    { m: [processing, processing, failed, success] },
    {},
    'change',
    ['0 m', '128 m', '163 m', '198 m'],
  ],
  ['the number of retries', { m: [failed] }, {}, 'server_error', ['0 m', '35 m', '70 m', '105 m']],
  [
    'the backoff while nothing is sent',
    { m: [unsent, unsent, unsent, success] },
    {},
    'reply',
    ['0 m', '1.1 m', '3.3 m', '7.7 m'],
  ],
  [
    'the backoff of the spam filter',
    { m: [spam, spam, success] },
    {},
    'reply',
    ['0 m', '33 m', '93 m'],
  ],
  [
    'the backoff while the client pauses',
    { m: [processing, full(0), full(0), success] },
    {},
    'change',
    ['0 m', '128 m', '129.1 m', '131.3 m'],
  ],
  ['a final failure', { m: [apiError(404, 'Model not found')] }, {}, 'model_not_found', ['0 m']],
  [
    'an image in progress',
    { 'image m': [generating], 'fetch 7': [image] },
    { until: 'image' },
    'image',
    ['0 m', '0 image m', '20 fetch 7'],
  ],
  [
    'the schedule of an image for an unloaded model',
    { 'image m': [unloaded, unloaded, image] },
    { until: 'image' },
    'image',
    ['0 m', '0 image m', '128 image m', '163 image m'],
  ],
  [
    'the backoff of an image while nothing is sent',
    { 'image m': [unsent, unsent, image] },
    { until: 'image' },
    'image',
    ['0 m', '0 image m', '1.1 image m', '3.3 image m'],
  ],
  [
    'the limit of three images',
    { 'image m': [failed] },
    { until: 'image' },
    'server_error',
    ['0 m', '0 image m', '35 image m', '70 image m'],
  ],
])('%s is the same a day later.', async (_, script, options, end, sent) => {
  const expected = { end, sent };
  expect(await playTwice(script, options)).toEqual([expected, expected]);
});

test('A check of an image a minute later orders another one.', async () => {
  const api = scriptedApi({ 'image m': [generating], 'fetch 7': [image] });
  await api.run(async () => {
    await outcomeOf(api, 'm', { until: 'image' });
    await api.clock.sleep(60_000);
    await outcomeOf(api, 'm', { until: 'image', maxAgeMs: 0 });
  });
  const images = api.requests.map(({ id }) => id).filter((id) => id !== 'm');
  expect(images).toEqual(['image m', 'fetch 7', 'image m', 'fetch 7']);
});

test('At most three images are ordered if each of them fails later.', async () => {
  const lost = apiError(200, 'The image failed, please try again');
  const api = scriptedApi({ 'image m': [generating], 'fetch 7': [lost] });
  const outcome = await api.run(() => outcomeOf(api, 'm', { until: 'image' }));
  expect(outcome.error?.code).toBe('api_error');
  expect(api.requests.filter(({ id }) => id === 'image m')).toHaveLength(3);
});

test('A full queue in a later use applies to callers that join after its callers have left.', async () => {
  const api = scriptedApi({ a: [full(300)], x: [processing, success] });
  await api.run(async () => {
    await api.clock.sleep(2_000_000);
    const loading = outcomeOf(api, 'x');
    await api.clock.sleep(100_000);
    await outcomeOf(api, 'a', { timeoutMs: 10_000 });
    await loading;
    await outcomeOf(api, 'b');
  });
  // The end of the load makes room, but the API requested the wait.
  expect(api.requests.map(({ id, at }) => `${at - 2000} ${id}`)).toEqual([
    '0 x',
    '100 a',
    '128 x',
    '400 b',
  ]);
});

test('A second pause of the client applies to callers that join later.', async () => {
  const api = scriptedApi([processing, full(300), success, processing, full(300), success]);
  await api.run(async () => {
    await outcomeOf(api);
    await api.clock.sleep(2_000_000);
    await outcomeOf(api, 'm', { timeoutMs: 200_000 });
    await outcomeOf(api);
  });
  const [, , , start = 0, rejected = 0, next] = api.requests.map(({ at }) => at);
  expect(rejected - start).toBe(128);
  expect(next).toBe(rejected + 300);
});

test('A wait that the API requested for a model in a later use applies to callers that join later.', async () => {
  const spamFor300 = apiError(200, 'Rate limit exceeded', { tips: 'spam filter, wait for 300 s' });
  const api = scriptedApi([spamFor300, success]);
  await api.run(async () => {
    await api.clock.sleep(2_000_000);
    await outcomeOf(api, 'm', { timeoutMs: 10_000 });
    await outcomeOf(api);
  });
  expect(api.requests.map(({ at }) => at)).toEqual([2000, 2300]);
});

test('A final failure does not answer calls that join the next wait.', async () => {
  const api = scriptedApi([apiError(404, 'Model not found'), processing, success]);
  const [first, joined] = await api.run(async () => {
    await outcomeOf(api);
    await api.clock.sleep(40_000);
    const waiting = outcomeOf(api);
    await api.clock.sleep(10_000);
    return Promise.all([waiting, outcomeOf(api)]);
  });
  for (const outcome of [first, joined]) {
    expect(outcome).toMatchObject({ status: 'success', evidence: 'change', error: null });
  }
});

test('A model that the API accepted twice counts as one load.', async () => {
  const failed10 = { ...failed, after: 10_000 };
  const api = scriptedApi(
    { b: [full(30), failed10], c: [failed10], d: [failed10] },
    { concurrency: 3 },
  );
  await api.run(async () => {
    // A quick 'success' may mean only accepted.
    await outcomeOf(api, 'a');
    await api.clock.sleep(40_000);
    await outcomeOf(api, 'a', { maxAgeMs: 0 });
    await api.clock.sleep(1_000_000);
    const options = { timeoutMs: 60_000 };
    await Promise.all(['b', 'c', 'd'].map((id) => outcomeOf(api, id, options)));
  });
  // The API rejects `b`, so one request shows that the queue has room. Nothing loads by then, so the others need no turns.
  const sent = api.requests.slice(2).map(({ id, at }) => `${at - 1040} ${id}`);
  expect(sent).toEqual(['0 b', '0 c', '0 d', '30 b', '45 c', '45 d']);
});

test('The backoff of a call that was never accepted is forgotten, even if an earlier one was.', async () => {
  const api = scriptedApi([processing, success, spam, spam, success], {}, { random: () => 1 });
  await api.run(async () => {
    await outcomeOf(api);
    await api.clock.sleep(40_000);
    await outcomeOf(api, 'm', { maxAgeMs: 0, timeoutMs: 20_000 });
    await api.clock.sleep(60_000);
    await outcomeOf(api);
  });
  const [, , , rejected = 0, next = 0] = api.requests.map(({ at }) => at);
  expect(Math.round(next - rejected)).toBe(33);
});
