import * as fc from 'fast-check';
import type { Outcome, ReloadError } from '../src/engine.ts';
import { seeded } from './load-times.ts';
import { apiError, scriptedApi, type Step } from './scripted-api.ts';

const success = { body: { status: 'success', message: 'Model reloaded' } };
const processing = { body: { status: 'processing', message: 'Model is reloading' } };
const step: fc.Arbitrary<Step> = fc
  .tuple(
    fc.constantFrom<Step>(
      success,
      success,
      processing,
      processing,
      apiError(500, 'Server error'),
      apiError(503, 'Server error', { retry_after: 50 }),
      apiError(429, 'Rate limit exceeded', { retry_after: 20 }),
      apiError(429, 'Rate limit exceeded', { retry_after: 0 }),
      apiError(200, 'Rate limit exceeded', { tips: 'spam filter, wait for 30 seconds' }),
      apiError(404, 'Model not found'),
      apiError(401, 'Invalid API key'),
      apiError(402, 'Insufficient credits'),
      { status: 502, body: '<html>' },
      { fails: 'ECONNRESET' },
      { fails: 'ECONNREFUSED' },
      { body: '' },
    ),
    fc.constantFrom(0, 0, 5, 2000, 60_000, 200_000, Infinity),
  )
  .map(([some, after]) => Object.assign({ after }, some));

export const ids = ['a', 'b', 'c'];
const caller = fc.record({
  id: fc.constantFrom(...ids),
  startAt: fc.constantFrom(0, 0, 1, 10_000, 36_000, 130_000, 200_000, 1_000_000),
  until: fc.constantFrom('accepted' as const, 'success' as const),
  timeoutMs: fc.constantFrom(1, 10_000, 90_000, 600_000, 3_600_000),
  maxAgeMs: fc.constantFrom(undefined, 0, 10_000, 3_600_000),
  abortAfter: fc.option(fc.integer({ min: 0, max: 300_000 }), { nil: null }),
});
export const scenario = fc.record({
  script: fc.record(
    Object.fromEntries(ids.map((id) => [id, fc.array(step, { minLength: 1, maxLength: 5 })])),
  ),
  callers: fc.array(caller, { minLength: 1, maxLength: 12 }),
  concurrency: fc.integer({ min: 1, max: 3 }),
  maxRetries: fc.integer({ min: 0, max: 3 }),
  pollIntervalMs: fc.constantFrom(undefined, undefined, 1000, 40_000),
  seed: fc.integer(),
});
export type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never;

export interface Seen {
  id: string;
  outcome: Outcome;
  startedAt: number;
  endedAt: number;
}

/** Plays a scenario; returns what each caller saw, and every request with the step that replied to it. */
export async function play(
  { script, callers, seed, ...options }: Scenario,
  host: Parameters<typeof scriptedApi>[2] = {},
) {
  const api = scriptedApi(script, options, { random: seeded(seed), ...host });
  const seen = await api.run(() =>
    Promise.all(
      callers.map(async ({ id, startAt, abortAfter, ...callOptions }): Promise<Seen> => {
        await api.clock.sleep(startAt);
        const stop = new AbortController();
        if (abortAfter !== null) void api.clock.sleep(abortAfter).then(() => stop.abort());
        const startedAt = api.now();
        const outcome = await api.client
          .reload(id, { ...callOptions, signal: stop.signal })
          .catch((error: ReloadError) => error.outcome);
        if (!outcome) throw new Error('A call rejected without an outcome.');
        return { id, outcome, startedAt, endedAt: api.now() };
      }),
    ),
  );
  /** Every request with the step that replied to it. */
  const requests = ids.flatMap((id) =>
    api.requests
      .filter((request) => request.id === id)
      .map((request, nth) => Object.assign({ step: stepAt(script, id, nth) }, request)),
  );
  return { api, seen, requests };
}

function stepAt(script: Scenario['script'], id: string, nth: number): Step {
  const steps = script[id] ?? [];
  return steps[Math.min(nth, steps.length - 1)] ?? {};
}
