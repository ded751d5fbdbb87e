import { createEmulator, createVirtualClock } from '@modelslab-reload/emulator';
import { describe, expect, test } from 'vitest';
import { isTried } from '../../test/effort.ts';
import { apiError, full, KEY, processing, scriptedApi, success } from '../../test/scripted-api.ts';
import { WAIT_IDS } from '../../test/wait-ids.ts';
import {
  createClient,
  type Outcome,
  type ReloadError,
  type StepOptions,
  type Until,
} from '../engine.ts';
import type { StepState } from '../outcome.ts';

type Api = ReturnType<typeof scriptedApi>;

/** Saves a state and loads it, as another process would. */
const throughJson = (state: StepState): StepState => JSON.parse(JSON.stringify(state));

/** Calls `step` until it has an outcome; between two steps, the state is JSON and the clock sleeps. */
async function stepToEnd(
  { client, clock }: Pick<Api, 'client' | 'clock'>,
  id = 'm',
  options: StepOptions = {},
  saved: StepState | null = null,
): Promise<{ outcome: Outcome; state: StepState; steps: number }> {
  let state = saved;
  for (let steps = 1; steps < 50; steps++) {
    const next = await client.step(id, state, options);
    state = throughJson(next.state);
    if (next.outcome) return { outcome: next.outcome, state, steps };
    await clock.sleep(next.nextInMs ?? NaN);
  }
  throw new Error('The wait does not end.');
}
const HOUR_MS = 3_600_000;
const sentAt = (api: Api) => api.requests.map(({ id, at }) => `${at} ${id}`);

const scenarios = [
  {},
  { success: 'blocking' },
  { success: 'accepted' },
  { repeat: 'refused' },
  { repeat: 'refused', spamWindow: 'prolonged' },
  { repeat: 'restarts' },
  { queue: 'loading' },
] as const;
const ids = [...WAIT_IDS, 'hangs', 'resets'];

const untils: Until[] = ['accepted', 'success', 'image'];
describe.each(untils)('Steps until %s', (until) => {
  test.each(scenarios)('give the outcome of reload: %j', async (scenario) => {
    const positions = [untils.indexOf(until), scenarios.indexOf(scenario)];
    for (const id of ids.filter((_, ofId) => isTried(...positions, ofId))) {
      const ends: object[] = [];
      for (const isStep of [false, true]) {
        const clock = createVirtualClock(Date.parse('2026-11-21T20:15:00Z'));
        const emulator = createEmulator({ clock, latencyMs: 300, ...scenario });
        // Another client for each step, as in another process.
        const create = () =>
          createClient({ apiKey: 'demo-key', clock, transport: emulator.answer });
        const client = {
          ...create(),
          step: (...step: Parameters<Api['client']['step']>) => create().step(...step),
        };
        const { status, evidence, requests, error, firstStatus, startedAt, elapsedMs } =
          await clock.run(async () =>
            isStep
              ? (await stepToEnd({ client, clock: clock as Api['clock'] }, id, { until })).outcome
              : client
                  .reload(id, { until })
                  .catch((thrown: ReloadError) => thrown.outcome as Outcome),
          );
        ends.push({ status, evidence, requests, code: error?.code, firstStatus, startedAt });
        // The jitter differs.
        ends.push({ sent: emulator.requests.length, seconds: Math.round(elapsedMs / 10_000) });
      }
      expect([id, ...ends.slice(2)]).toEqual([id, ...ends.slice(0, 2)]);
    }
  });
});

test('A step sends at most one request, and names the time of the next one.', async () => {
  const api = scriptedApi([processing, success]);
  const { state, ...first } = await api.run(() => api.client.step('m'));
  expect(first).toEqual({
    outcome: null,
    nextInMs: 128_000,
    nextAt: '2026-11-21T20:17:08.000Z',
    pauseMs: null,
  });
  expect(sentAt(api)).toEqual(['0 m']);
  expect(JSON.stringify(state)).not.toContain(KEY);
});

test('A step that comes too early sends nothing and returns the rest of the wait.', async () => {
  const api = scriptedApi([processing, success]);
  const early = await api.run(async () => {
    const { state } = await api.client.step('m');
    await api.clock.sleep(28_000);
    return api.client.step('m', throughJson(state));
  });
  expect(early).toMatchObject({ outcome: null, nextInMs: 100_000 });
  expect(sentAt(api)).toEqual(['0 m']);
});

test('A step with an outcome has no next time, and its state answers a new call.', async () => {
  const api = scriptedApi([success]);
  const [first, again] = await api.run(async () => {
    const ended = await api.client.step('m');
    await api.clock.sleep(10_000);
    return [ended, await api.client.step('m', throughJson(ended.state))];
  });
  expect(first).toMatchObject({ nextInMs: null, nextAt: null, pauseMs: null });
  expect(again.outcome).toMatchObject({
    status: 'success',
    requests: 0,
    startedAt: '2026-11-21T20:15:10.000Z',
    repliedAt: '2026-11-21T20:15:00.000Z',
  });
  expect(sentAt(api)).toEqual(['0 m']);
});

test.each<[string, StepOptions, string[]]>([
  ['after the interval', { maxAgeMs: 0 }, ['0 m', '35 m']],
  ['not within maxAgeMs', { maxAgeMs: 60_000 }, ['0 m']],
])('The state of an ended call begins a new one: %s.', async (_, options, sent) => {
  const api = scriptedApi([success]);
  await api.run(async () => {
    const { state } = await stepToEnd(api);
    return stepToEnd(api, 'm', options, state);
  });
  expect(sentAt(api)).toEqual(sent);
});

test('Steps until accepted and then success continue one wait.', async () => {
  const api = scriptedApi([processing, success]);
  const { outcome } = await api.run(async () => {
    const accepted = await stepToEnd(api, 'm', { until: 'accepted' });
    expect(accepted.outcome).toMatchObject({ status: 'processing', error: null });
    return stepToEnd(api, 'm', {}, accepted.state);
  });
  expect(outcome).toMatchObject({ status: 'success', evidence: 'change', requests: 1 });
  expect(sentAt(api)).toEqual(['0 m', '128 m']);
});

test('The condition may change while the wait goes on.', async () => {
  const api = scriptedApi([processing, success]);
  const step = await api.run(async () => {
    const { state } = await api.client.step('m');
    return api.client.step('m', throughJson(state), { until: 'accepted' });
  });
  expect(step.outcome).toMatchObject({ status: 'processing', requests: 1, error: null });
});

test('The deadline counts from the first step, and ends the wait on time.', async () => {
  const api = scriptedApi([processing]);
  const { outcome } = await api.run(() => stepToEnd(api, 'm', { timeoutMs: 150_000 }));
  expect(outcome).toMatchObject({
    startedAt: '2026-11-21T20:15:00.000Z',
    elapsedMs: 150_000,
    requests: 2,
    error: { code: 'wait_timeout' },
  });
});

test('A deadline that passes between two steps of an image check tells the last reply.', async () => {
  const generating = { body: { status: 'processing', id: 7, eta: 100 } };
  const api = scriptedApi({ 'image m': [generating] });
  const { outcome } = await api.run(() =>
    stepToEnd(api, 'm', { until: 'image', timeoutMs: 60_000 }),
  );
  expect(outcome.error?.message).toBe('The deadline of 1m 00s passed; last reply: processing');
});

test('onSend gets the state before the request leaves, and a crash after it keeps the interval.', async () => {
  const api = scriptedApi([processing, success]);
  const saved: StepState[] = [];
  const { outcome } = await api.run(async () => {
    await api.client.step('m', null, {
      onSend: (state) => {
        expect(api.requests).toEqual([]);
        saved.push(throughJson(state));
      },
    });
    // The process that sent the request is gone, and what it received with it.
    await api.clock.sleep(1000);
    return stepToEnd(api, 'm', {}, saved[0]);
  });
  expect(sentAt(api)).toEqual(['0 m', '35 m']);
  expect(outcome).toMatchObject({ status: 'success', evidence: 'reply', requests: 2 });
});

test.each([
  [
    'throws',
    () => {
      throw new Error('no lock');
    },
  ],
  [
    'rejects',
    async () => {
      throw new Error('no lock');
    },
  ],
])('If onSend %s, nothing is sent and the step rejects with it.', async (_, onSend) => {
  const api = scriptedApi([success]);
  await expect(api.run(() => api.client.step('m', null, { onSend }))).rejects.toThrow('no lock');
  expect(api.requests).toEqual([]);
  expect(await api.run(() => api.client.step('m'))).toMatchObject({ outcome: { requests: 1 } });
});

test('A full queue is reported as the time in which no model should begin.', async () => {
  const api = scriptedApi({ m: [full(40), full(40), processing] });
  const pauses = await api.run(async () => {
    const first = await api.client.step('m');
    await api.clock.sleep(first.nextInMs ?? 0);
    const second = await api.client.step('m', throughJson(first.state));
    return [first, second].map(({ pauseMs, nextInMs }) => [pauseMs, nextInMs]);
  });
  expect(pauses).toEqual([
    [40_000, 40_000],
    [80_000, 80_000],
  ]);
});

/** Continues a wait in another process, so many milliseconds after the start. */
async function stepLater(afterMs: number, state: StepState, options: StepOptions = {}) {
  const api = scriptedApi([success]);
  const { outcome, nextInMs } = await api.run(async () => {
    await api.clock.sleep(afterMs);
    return api.client.step('a', throughJson(state), options);
  });
  return {
    status: outcome?.status,
    code: outcome?.error?.code,
    nextInMs,
    sent: api.requests.length,
  };
}

test('A wait for the full queue that another call found is saved with a step, and goes on elsewhere.', async () => {
  const api = scriptedApi({ a: [processing], b: [full(40)], c: [processing, full(90)] });
  const saved = await api.run(async () => {
    await api.client.step('c');
    await api.client.step('b');
    await api.clock.sleep(10_000);
    return api.client.step('a');
  });
  expect(saved).toMatchObject({ outcome: null, nextInMs: 30_000, pauseMs: 30_000 });
  expect(sentAt(api)).toEqual(['0 c', '0 b']);
  expect(await stepLater(39_000, saved.state)).toMatchObject({ nextInMs: 1000, sent: 0 });
  expect(await stepLater(40_000, saved.state)).toMatchObject({ status: 'success', sent: 1 });
  const ended = await stepLater(11_000, saved.state, { timeoutMs: 20_000 });
  expect(ended).toMatchObject({ code: 'rate_limited', sent: 0 });
});

test('A pause that another call found is saved with the step of an accepted model.', async () => {
  const api = scriptedApi({ a: [processing], b: [processing, full(90)] });
  const saved = await api.run(async () => {
    const [{ state }, other] = await Promise.all([api.client.step('a'), api.client.step('b')]);
    await api.clock.sleep(128_000);
    await api.client.step('b', throughJson(other.state));
    await api.clock.sleep(10_000);
    return api.client.step('a', throughJson(state));
  });
  expect(saved).toMatchObject({ outcome: null, nextInMs: 80_000, pauseMs: null });
  expect(sentAt(api)).toEqual(['0 a', '0 b', '128 b']);
  expect(await stepLater(217_000, saved.state)).toMatchObject({ nextInMs: 1000, sent: 0 });
  expect(await stepLater(218_000, saved.state)).toMatchObject({ status: 'success', sent: 1 });
  const ended = await stepLater(139_000, saved.state, { timeoutMs: 150_000 });
  expect(ended).toMatchObject({ status: 'processing', code: 'rate_limited', sent: 0 });
});

test('A step names no pause once the queue has room again.', async () => {
  const api = scriptedApi({ a: [full(40), processing], b: [processing] });
  const pauses = await api.run(async () => {
    const { state } = await api.client.step('a');
    await api.clock.sleep(40_000);
    return [await api.client.step('a', throughJson(state)), await api.client.step('b')];
  });
  expect(pauses.map(({ pauseMs, nextInMs }) => [pauseMs, nextInMs])).toEqual([
    [null, 128_000],
    [null, 128_000],
  ]);
});

test.each([HOUR_MS, -HOUR_MS])(
  'A wall clock that is set by %i ms during a step changes neither the interval nor the deadline.',
  async (ms) => {
    const api = scriptedApi([{ ...processing, after: 10_000 }, success]);
    const [first, early] = await api.run(async () => {
      void api.clock.sleep(5000).then(() => api.moveWall(ms));
      const { state, nextAt } = await api.client.step('m');
      const nextInMs = Date.parse(nextAt ?? '') - api.clock.now();
      return [nextInMs, await api.client.step('m', throughJson(state))];
    });
    expect(first).toBe(128_000);
    expect(early).toMatchObject({ outcome: null, nextInMs: 128_000 });
    const late = await api.run(() => stepToEnd(api, 'm', {}, throughJson(early.state)));
    expect(late.outcome).toMatchObject({ evidence: 'change', elapsedMs: 138_000 });
  },
);

test('A signal ends a step with an outcome and the state of the wait.', async () => {
  const api = scriptedApi([processing, { after: Infinity }]);
  const stop = new AbortController();
  const { outcome, state } = await api.run(async () => {
    const first = await api.client.step('m');
    await api.clock.sleep(128_000);
    void api.clock.sleep(5000).then(() => stop.abort());
    return api.client.step('m', throughJson(first.state), { signal: stop.signal });
  });
  expect(outcome).toMatchObject({ status: 'processing', requests: 2, error: { code: 'aborted' } });
  const later = await api.run(() => api.client.step('m', throughJson(state)));
  // The request that was cut may have reached the server.
  expect(later).toMatchObject({ outcome: null, nextInMs: 35_000 });
});

test('What somebody has added to a state has no effect.', async () => {
  const api = scriptedApi([processing, success]);
  const { outcome } = await api.run(async () => {
    const { state }: { state: StepState & { call?: object } } = await api.client.step('m');
    Object.assign(state.call ?? {}, { id: 'call 9', scope: '', target: 'reload n', timeoutMs: 1 });
    return stepToEnd(api, 'm', {}, throughJson(state));
  });
  expect(outcome).toMatchObject({ status: 'success', evidence: 'change', requests: 2 });
});

test('Steps share the slots of their client.', async () => {
  const api = scriptedApi([{ ...success, after: 1000 }], { concurrency: 1 });
  await api.run(() => Promise.all(['a', 'b', 'c'].map((id) => api.client.step(id))));
  expect(api.mostOpen()).toBe(1);
  expect(sentAt(api)).toEqual(['0 a', '1 b', '2 c']);
});

test('A step neither reads nor changes what the client knows of the model.', async () => {
  const api = scriptedApi([success]);
  await api.run(async () => {
    await api.client.reload('m');
    await api.client.step('m');
    await api.client.reload('m', { maxAgeMs: 60_000 });
  });
  expect(sentAt(api)).toEqual(['0 m', '0 m']);
});

test('A first 401 after an acceptance is retried once.', async () => {
  const bad = apiError(401, 'Invalid API key');
  const once = scriptedApi([processing, bad, success]);
  expect((await once.run(() => stepToEnd(once))).outcome).toMatchObject({ status: 'success' });
  const twice = scriptedApi([processing, bad, bad]);
  const { outcome } = await twice.run(() => stepToEnd(twice));
  expect(outcome).toMatchObject({ requests: 3, error: { code: 'unauthorized' } });
});

test('A 401 that another call has had is not forgotten by a step.', async () => {
  const bad = apiError(401, 'Invalid API key');
  const api = scriptedApi({ a: [processing, bad], b: [processing, bad] });
  const last = await api.run(async () => {
    const first = await Promise.all([api.client.step('a'), api.client.step('b')]);
    await api.clock.sleep(128_000);
    const retried = await api.client.step('a', throughJson(first[0].state));
    expect(retried.outcome).toBeNull();
    return api.client.step('b', throughJson(first[1].state));
  });
  expect(last.outcome).toMatchObject({ error: { code: 'unauthorized' } });
});

test('A 401 is final for a state without an acceptance.', async () => {
  const lost = scriptedApi([{ fails: 'ECONNRESET' }]);
  const { state } = await lost.run(() => lost.client.step('m'));
  const api = scriptedApi([apiError(401, 'Invalid API key')]);
  const { outcome } = await api.run(() => stepToEnd(api, 'm', {}, state));
  expect(outcome).toMatchObject({ requests: 2, error: { code: 'unauthorized' } });
});

test.each<[string, StepOptions, string[]]>([
  ['the same prompt and base', {}, ['fetch 7']],
  ['another prompt', { imagePrompt: 'a cat' }, ['m']],
  ['another base', { imageBaseModel: 'other' }, ['m']],
])('A step with %s continues only with its own image.', async (_, options, sent) => {
  const image = { until: 'image', imagePrompt: 'a dog', imageBaseModel: 'base' } as const;
  const ordered = { body: { status: 'processing', id: 7, output: [] } };
  const api = scriptedApi({ m: [success], 'image base': [ordered] });
  const state = await api.run(async () => {
    const first = await api.client.step('m', null, image);
    await api.clock.sleep(first.nextInMs ?? NaN);
    return (await api.client.step('m', throughJson(first.state), image)).state;
  });
  expect(api.requests.map(({ id }) => id)).toEqual(['m', 'image base']);
  const later = scriptedApi([ordered]);
  await later.run(async () => {
    await later.clock.sleep(60_000);
    await later.client.step('m', throughJson(state), { ...image, ...options });
  });
  expect(later.requests.map(({ id }) => id)).toEqual(sent);
});

test.each([
  ['an unknown version', { v: 2 }],
  ['nothing but a version', { v: 1 }],
  ['an empty object', {}],
  ['a list', []],
  ['text', 'x'],
  ['a number', 7],
])('A state that is %s is rejected, and nothing is sent.', async (_, state) => {
  const api = scriptedApi([success]);
  const error = await api.run(() =>
    api.client.step('m', state as StepState).catch((thrown: unknown) => thrown),
  );
  expect(error).toMatchObject({
    code: 'invalid_argument',
    message: 'The state is not one that `step` returned for this model.',
    hint: expect.stringMatching(/^Pass the last `state` of this model unchanged/),
  });
  expect(api.requests).toEqual([]);
});

test.each([
  ['of another model', 'other', {}],
  ['that lost a field', 'm', { reload: undefined }],
])('A state %s is rejected, and nothing is sent.', async (_, id, lost) => {
  const api = scriptedApi([processing]);
  const { state } = await api.run(() => api.client.step('m'));
  const error = await api.run(() =>
    api.client.step(id, throughJson({ ...state, ...lost })).catch((thrown: unknown) => thrown),
  );
  expect(error).toMatchObject({ code: 'invalid_argument' });
  expect(api.requests).toHaveLength(1);
});

test('A model that a step left loading does not count as a load for others.', async () => {
  const slow = { ...success, after: 10_000 };
  const api = scriptedApi({ a: [processing], b: [full(30), slow], c: [slow], d: [slow] });
  await api.run(async () => {
    await api.client.step('a');
    await api.clock.sleep(1_000_000);
    const first = api.client.reload('b');
    await api.clock.sleep(10_000);
    await Promise.all([first, api.client.reload('c'), api.client.reload('d')]);
  });
  // The success of `b` shows that the queue has room.
  const sent = api.requests.slice(1).map(({ id, at }) => `${at - 1000} ${id}`);
  expect(sent).toEqual(['0 b', '30 b', '40 c', '40 d']);
});
