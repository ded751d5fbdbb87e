import {
  createEmulator,
  createVirtualClock,
  specialModels,
  type EmulatorOptions,
} from '@modelslab-reload/emulator';
import { describe, expect, test } from 'vitest';
import { createClient } from './engine.ts';
import type { Outcome } from './outcome.ts';

/** Every combination of the open questions about the API. */
const scenarios = (['loaded', 'accepted', 'blocking'] as const).flatMap((success) =>
  (['harmless', 'refused', 'restarts'] as const).flatMap((repeat) =>
    ([true, false] as const).map((reloadCounts) => ({ success, repeat, reloadCounts })),
  ),
);

async function reloadInScenario(options: EmulatorOptions, ids: string[]) {
  const clock = createVirtualClock();
  const emulator = createEmulator({ ...options, clock, apiKey: 'demo-key' });
  const client = createClient({ apiKey: 'demo-key', transport: emulator.answer, clock });
  const seen: { outcome: Outcome; truth: boolean }[] = [];
  await clock.run(async () => {
    for await (const outcome of client.reloadMany(ids)) {
      seen.push({ outcome, truth: emulator.isLoaded(outcome.modelId) });
    }
  });
  return { seen, requests: emulator.requests, endedAt: clock.now() };
}

describe.each(scenarios)(
  'success $success, repeat $repeat, reload counts $reloadCounts',
  (scenario) => {
    test.each([20_000, 115_000, 120_000, 160_000])('a load of %i ms', async (loadTimeMs) => {
      const { seen, requests } = await reloadInScenario({ ...scenario, loadTimeMs }, ['a']);
      expect(seen).toHaveLength(1);
      const [{ outcome, truth } = { outcome: undefined, truth: false }] = seen;
      expect(outcome).toMatchObject({ status: 'success', error: null });
      // Either the model is loaded, or the success is based on one reply, which may mean only 'accepted'.
      if (!truth) expect(outcome?.evidence).toBe('reply');
      if (scenario.success === 'loaded') expect(outcome?.evidence).toBe('change');
      // No request is rejected. One may time out, if the call blocks for longer than a request may take.
      expect(requests.filter(({ reply }) => reply !== 200 && reply !== 'aborted')).toEqual([]);
      expect(outcome?.elapsedMs).toBeLessThan(600_000);
    });
  },
);

test('fifty models load side by side', async () => {
  const ids = Array.from({ length: 50 }, (_, at) => `model-${at}`);
  const { seen, requests, endedAt } = await reloadInScenario({}, ids);
  expect(seen.filter(({ outcome, truth }) => truth && outcome.evidence === 'change')).toHaveLength(
    50,
  );
  expect(requests).toHaveLength(100);
  expect(endedAt).toBeLessThan(180_000);
});

test.each([
  ['not-found', 'model_not_found'],
  ['always-processing', 'wait_timeout'],
  ['fails-once', null],
  ['rate-limited-once', null],
  ['spam-filtered', null],
  ['server-error', 'server_error'],
  ['html-502', 'server_error'],
  ['http-200-error', 'api_error'],
  ['misspelt', null],
  ['validation-object', 'invalid_request'],
  ['status-failed', 'api_error'],
  ['says-success-while-loading', null],
  ['no-message', null],
  ['empty-body', 'unexpected_response'],
  ['truncated', 'network_error'],
  ['huge', 'unexpected_response'],
  ['hangs', 'request_timeout'],
  ['drips', 'request_timeout'],
  ['resets', 'network_error'],
  ['redirects', 'unexpected_response'],
  ['echoes-key', 'server_error'],
])('the model %s -> %s', async (id, code) => {
  // Any other id would be a normal model. Build the emulator after adding one.
  expect(Object.keys(specialModels)).toContain(id);
  const { seen, requests } = await reloadInScenario({}, [id]);
  const outcome = seen[0]?.outcome;
  expect(outcome?.error?.code ?? null).toBe(code);
  expect(JSON.stringify(outcome)).not.toContain('demo-key');
  const arrivals = requests.map(({ at }) => at);
  const gaps = arrivals
    .slice(1)
    .map((at, before) => at - (requests[before]?.endedAt ?? Number.NaN));
  expect(gaps.every((gap) => gap >= 30_000)).toBe(true);
});

test('a list of every special model ends, each with its outcome', async () => {
  const clock = createVirtualClock();
  const emulator = createEmulator({ clock, queueLimit: 5 });
  const client = createClient({
    apiKey: 'demo-key',
    concurrency: 5,
    transport: emulator.answer,
    clock,
  });
  const ids = Object.keys(specialModels);
  const outcomes: Outcome[] = [];
  await clock.run(async () => {
    for await (const outcome of client.reloadMany(ids)) outcomes.push(outcome);
  });
  expect(outcomes.map(({ modelId }) => modelId).toSorted()).toEqual(ids.toSorted());
});
