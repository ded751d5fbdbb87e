import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { StepOptions } from '../src/engine.ts';
import { createProcesses } from './processes.ts';
import { apiError, full, processing, success, type Script, type Step } from './scripted-api.ts';

const unauthorized = apiError(401, 'Invalid API key');
const image = (nth: number): Step => ({
  body: { status: 'success', output: [`https://cdn.example/${nth}.png`] },
});
const generating: Step = { body: { status: 'processing', id: 7, eta: 20 } };

// Without jitter, so that tests can state exact times.
beforeEach(() => void vi.spyOn(Math, 'random').mockReturnValue(0));
afterEach(() => void vi.restoreAllMocks());

test.each<[string, Script, StepOptions, string | null, string[]]>([
  [
    'the backoff while the queue is full',
    [full(0), full(0), full(0), success],
    {},
    null,
    ['0.00 m', '1.00 m', '3.00 m', '7.00 m'],
  ],
  [
    'the backoff while polls are rejected',
    [processing, full(0), full(0), success],
    {},
    null,
    ['0.00 m', '128.00 m', '129.00 m', '131.00 m'],
  ],
  [
    'an image in progress',
    { 'image m': [generating], 'fetch 7': [image(1)] },
    { until: 'image' },
    null,
    ['0.00 m', '0.00 image m', '20.00 fetch 7'],
  ],
  [
    'the doubt about a key that returned 401 once',
    [processing, unauthorized],
    {},
    'unauthorized',
    ['0.00 m', '128.00 m', '163.00 m'],
  ],
  [
    'a requested time that is longer than the time left',
    { 'image m': [full(40)] },
    { until: 'image', timeoutMs: 20_000 },
    'rate_limited',
    ['0.00 m', '0.00 image m'],
  ],
])('Steps in several processes keep %s.', async (_, script, options, code, sent) => {
  const processes = createProcesses(script);
  const { outcome } = await processes.run(() => processes.stepToEnd(options));
  expect(outcome.error?.code ?? null).toBe(code);
  expect(processes.sent()).toEqual(sent);
});

test('A step does not answer with the image of another prompt.', async () => {
  const { run, stepToEnd, sent } = createProcesses({ 'image m': [image(1), image(2)] });
  const outcome = await run(async () => {
    const first = await stepToEnd({ until: 'image', imagePrompt: 'a cat' });
    const options = { until: 'image', imagePrompt: 'a dog', maxAgeMs: 3_600_000 } as const;
    return (await stepToEnd(options, first.state)).outcome;
  });
  expect(outcome.imageUrl).toBe('https://cdn.example/2.png');
  expect(sent().filter((request) => request.endsWith('image m'))).toHaveLength(2);
});

test('A step does not fetch the image that was ordered for another prompt.', async () => {
  const { run, stepToEnd, createProcess, sent } = createProcesses({
    'image m': [generating, image(2)],
    'fetch 7': [image(1)],
  });
  const outcome = await run(async () => {
    const cat = { until: 'image', imagePrompt: 'a cat' } as const;
    const loaded = await createProcess().step('m', null, cat);
    const ordered = await createProcess().step('m', loaded.state, cat);
    return (await stepToEnd({ until: 'image', imagePrompt: 'a dog' }, ordered.state)).outcome;
  });
  expect(outcome.imageUrl).toBe('https://cdn.example/2.png');
  expect(sent().filter((request) => request.includes('fetch'))).toEqual([]);
});

test('A pause of the client does not shorten the wait of a model that is loading.', async () => {
  const { run, createProcess, sleep } = createProcesses({
    m: [processing],
    other: [processing, full(40)],
  });
  const nextInMs = await run(async () => {
    const client = createProcess();
    const waiting = client.reload('other', { timeoutMs: 140_000 }).catch(() => {});
    await sleep(100_000);
    const { state } = await client.step('m');
    await sleep(29_000);
    // The poll of the other model has been rejected.
    const early = await client.step('m', state);
    await waiting;
    const next = await createProcess().step('m', early.state);
    return [early.nextInMs, next.nextInMs];
  });
  expect(nextInMs).toEqual([99_000, 99_000]);
});

test.each([
  ['expires', 1_000_000, 'reply'],
  ['is kept for 15 minutes', 200_000, 'change'],
])('An acceptance %s, in whatever process the next step is.', async (_, afterMs, evidence) => {
  const { run, createProcess, sleep } = createProcesses([processing, success, processing, success]);
  const evidences = await run(async () => {
    const old = createProcess();
    await sleep(5_000_000);
    const accept = async () => (await createProcess().step('m', null, { until: 'accepted' })).state;
    const reached = [];
    for (const create of [() => old, createProcess]) {
      const state = await accept();
      await sleep(afterMs);
      reached.push((await create().step('m', state)).outcome?.evidence);
    }
    return reached;
  });
  expect(evidences).toEqual([evidence, evidence]);
});

test.each<[string, Script, number, number]>([
  ['the full queue', [full(40)], 1, 40_000],
  ['a rejected poll', [processing, full(40)], 2, 40_000],
  [
    'the spam filter',
    [apiError(200, 'Rate limit', { tips: 'spam filter, wait for 50 s' })],
    1,
    50_000,
  ],
  ['a load', [processing], 1, 128_000],
  ['a failure', [apiError(500, 'Error')], 1, 35_000],
])(
  'A step that comes too early after %s sends nothing in another process.',
  async (_, script, steps, ms) => {
    const { run, createProcess, sleep, sent } = createProcesses(script);
    const next = await run(async () => {
      let { state, nextInMs } = await createProcess().step('m');
      for (let nth = 1; nth < steps; nth++) {
        await sleep(nextInMs ?? NaN);
        ({ state, nextInMs } = await createProcess().step('m', state));
      }
      await sleep(10_000);
      return createProcess().step('m', state);
    });
    expect(sent()).toHaveLength(steps);
    expect(next).toMatchObject({ outcome: null, nextInMs: ms - 10_000 });
  },
);

test('A step until success ends without the image, and keeps what was ordered.', async () => {
  const { run, createProcess, stepToEnd, sent } = createProcesses({
    'image m': [generating],
    'fetch 7': [image(1)],
  });
  const outcomes = await run(async () => {
    const cat = { until: 'image', imagePrompt: 'a cat' } as const;
    const loaded = await createProcess().step('m', null, cat);
    const ordered = await createProcess().step('m', loaded.state, cat);
    const reached = await createProcess().step('m', ordered.state, { until: 'success' });
    return [reached.outcome, (await stepToEnd(cat, reached.state)).outcome];
  });
  expect(outcomes).toMatchObject([
    { status: 'success', evidence: 'reply' },
    { status: 'success', evidence: 'image', imageUrl: 'https://cdn.example/1.png' },
  ]);
  expect(sent().map((request) => request.split(' ').slice(1).join(' '))).toEqual([
    'm',
    'image m',
    'fetch 7',
  ]);
});

test('Only a full queue of models that are not accepted lets others wait.', async () => {
  const { run, createProcess } = createProcesses({
    open: [processing],
    rejected: [full(40)],
    spam: [apiError(200, 'Rate limit', { tips: 'spam filter, wait for 50 s' })],
  });
  const pauses = await run(async () => {
    const all = [];
    for (const id of ['open', 'spam', 'rejected']) {
      all.push((await createProcess().step(id)).pauseMs);
    }
    return all;
  });
  expect(pauses).toEqual([null, null, 40_000]);
});

test('A step for another prompt reloads the model again if its success is too old by then.', async () => {
  const { run, createProcess, stepToEnd, sleep, sent } = createProcesses({
    'image m': [apiError(500, 'Server error'), image(2)],
  });
  await run(async () => {
    const cat = { until: 'image', imagePrompt: 'a cat' } as const;
    const loaded = await createProcess().step('m', null, cat);
    const checked = await createProcess().step('m', loaded.state, cat);
    await sleep(60_000);
    await stepToEnd({ until: 'image', imagePrompt: 'a dog' }, checked.state);
  });
  expect(sent()).toEqual(['0.00 m', '0.00 image m', '60.00 m', '60.00 image m']);
});
