// Runs the waits that are kept outside the process on a virtual clock: no client survives from one request to the next.
import { createClient } from '@modelslab-reload/core';
import { createEmulator, createVirtualClock } from '@modelslab-reload/emulator';
import { expect, test } from 'vitest';
import { reloadDurably } from './durable.mjs';
import { advance, begin } from './scheduled.mjs';

const EVERY_MS = 60_000;

function emulate(options = {}) {
  const clock = createVirtualClock();
  const emulator = createEmulator({ clock, ...options });
  const createProcess = () =>
    createClient({ apiKey: 'demo-key', transport: emulator.answer, clock });
  return { clock, emulator, createProcess };
}

function createStore() {
  const values = new Map();
  return {
    values,
    get: async (key) => values.get(key) ?? null,
    put: async (key, value) => void values.set(key, value),
  };
}

/** Runs the scheduled function in a new process each minute until every model has its outcome. */
async function runSchedule({ clock, createProcess }, modelIds, store = createStore()) {
  await begin(modelIds, { store });
  const outcomes = [];
  let runs = 0;
  for (; outcomes.length < modelIds.length && runs < 240; runs++) {
    outcomes.push(...(await advance({ modelslab: createProcess(), store, now: clock.now })));
    await clock.sleep(EVERY_MS);
  }
  return { outcomes, runs, store };
}

test('a scheduled function waits for a model across its runs, with the evidence change', async () => {
  const account = emulate({ repeat: 'refused' });
  const { outcomes, runs, store } = await account.clock.run(() => runSchedule(account, ['cold']));
  expect(outcomes).toMatchObject([
    { modelId: 'cold', status: 'success', evidence: 'change', requests: 2, error: null },
  ]);
  expect(runs).toBe(4);
  expect(account.emulator.requests.map(({ reply }) => reply)).toEqual([200, 200]);
  expect(JSON.stringify([...store.values])).not.toContain('demo-key');
});

test('a scheduled function reloads a list while loading models fill the queue', async () => {
  const account = emulate({ queue: 'loading', queueLimit: 3 });
  const ids = Array.from({ length: 9 }, (_, at) => `model-${at}`);
  const { outcomes } = await account.clock.run(() => runSchedule(account, ids));
  expect(outcomes.map(({ modelId }) => modelId).toSorted()).toEqual(ids);
  expect(outcomes.filter(({ error, evidence }) => error || evidence !== 'change')).toEqual([]);
});

test('a scheduled function that crashes after it has sent does not repeat the request within 30 seconds', async () => {
  const { clock, emulator, createProcess } = emulate({ repeat: 'refused' });
  const store = createStore();
  await clock.run(async () => {
    await begin(['cold'], { store });
    const crashing = createClient({
      apiKey: 'demo-key',
      clock,
      transport: async (request, signal) => {
        await emulator.answer(request, signal);
        return new Promise(() => {});
      },
    });
    void advance({ modelslab: crashing, store, now: clock.now });
    await clock.sleep(1000);
    await advance({ modelslab: createProcess(), store, now: clock.now });
    expect(emulator.requests).toHaveLength(1);
  });
});

test('a model that does not exist, or has no valid id, ends with its error, and the others go on', async () => {
  const account = emulate();
  const ids = ['not-found', 'not an id', 'cold'];
  const { outcomes } = await account.clock.run(() => runSchedule(account, ids));
  expect(outcomes.map(({ modelId, error }) => [modelId, error?.code ?? null])).toEqual([
    ['not-found', 'model_not_found'],
    ['not an id', 'invalid_argument'],
    ['cold', null],
  ]);
});

/** An engine with two methods. It stops the function at each sleep and runs it again with the results that it stored. */
function createEngine(clock) {
  const results = new Map();
  const slept = new Set();
  class Suspended extends Error {}
  const step = {
    async run(name, task) {
      if (!results.has(name)) results.set(name, JSON.stringify(await task()));
      return JSON.parse(results.get(name));
    },
    async sleep(name, ms) {
      if (slept.has(name)) return;
      slept.add(name);
      throw Object.assign(new Suspended(), { ms });
    },
  };
  return {
    results,
    async execute(workflow) {
      for (;;) {
        try {
          return await workflow(step);
        } catch (error) {
          if (!(error instanceof Suspended)) throw error;
          await clock.sleep(error.ms);
        }
      }
    },
  };
}

test.each([
  ['cold', { status: 'success', evidence: 'change', error: null }, 2],
  ['loaded', { status: 'success', evidence: 'reply', error: null }, 1],
  ['not-found', { status: 'error', error: { code: 'model_not_found' } }, 1],
])('a durable function reloads %s from its stored steps', async (modelId, expected, requests) => {
  const { clock, emulator, createProcess } = emulate({ loaded: ['loaded'] });
  const engine = createEngine(clock);
  const outcome = await clock.run(() =>
    engine.execute((step) => reloadDurably(step, createProcess(), modelId)),
  );
  expect(outcome).toMatchObject(expected);
  expect(emulator.requests).toHaveLength(requests);
  expect(engine.results.size).toBe(requests);
});

test('a durable function gives up at its deadline, counted from the first step', async () => {
  const { clock, createProcess } = emulate();
  const engine = createEngine(clock);
  const outcome = await clock.run(() =>
    engine.execute((step) =>
      reloadDurably(step, createProcess(), 'always-processing', { timeoutMs: 300_000 }),
    ),
  );
  expect(outcome).toMatchObject({ error: { code: 'wait_timeout' } });
  expect(clock.now()).toBeLessThanOrEqual(301_000);
});
