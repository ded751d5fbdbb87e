import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { apiError, scriptedApi, type Step } from '../../test/scripted-api.ts';
import { seeded } from '../../test/load-times.ts';
import type { Outcome, ReloadError } from '../engine.ts';
import { runs } from '../../test/effort.ts';

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

const ids = ['a', 'b', 'c'];
const caller = fc.record({
  id: fc.constantFrom(...ids),
  startAt: fc.constantFrom(0, 0, 1, 10_000, 36_000, 130_000, 200_000, 1_000_000),
  until: fc.constantFrom('accepted' as const, 'success' as const),
  timeoutMs: fc.constantFrom(1, 10_000, 90_000, 600_000, 3_600_000),
  maxAgeMs: fc.constantFrom(undefined, 0, 10_000, 3_600_000),
  abortAfter: fc.option(fc.integer({ min: 0, max: 300_000 }), { nil: null }),
});
const scenario = fc.record({
  script: fc.record(
    Object.fromEntries(ids.map((id) => [id, fc.array(step, { minLength: 1, maxLength: 5 })])),
  ),
  callers: fc.array(caller, { minLength: 1, maxLength: 12 }),
  concurrency: fc.integer({ min: 1, max: 3 }),
  maxRetries: fc.integer({ min: 0, max: 3 }),
  pollIntervalMs: fc.constantFrom(undefined, undefined, 1000, 40_000),
  seed: fc.integer(),
});
type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never;

interface Seen {
  id: string;
  outcome: Outcome;
  startedAt: number;
  endedAt: number;
}

async function play({ script, callers, seed, ...options }: Scenario) {
  const api = scriptedApi(script, options, { random: seeded(seed) });
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

const textOf = ({ body }: Step) => JSON.stringify(body ?? '');
const isUnsent = (played: Step) => played.fails === 'ECONNREFUSED';
const isRateLimited = (played: Step) => textOf(played).includes('Rate limit');
const EPSILON = 1e-6;

test('Callers in random scenarios keep the limits, and each one gets its outcome.', async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async (some) => {
      const { api, seen, requests } = await play(some);

      expect(seen).toHaveLength(some.callers.length);
      expect(api.mostOpen()).toBeLessThanOrEqual(some.concurrency);

      for (const id of ids) {
        const ofModel = requests.filter((request) => request.id === id && !isUnsent(request.step));
        for (const [nth, { at }] of ofModel.entries()) {
          const before = ofModel[nth - 1];
          if (!before) continue;
          const isAborted = before.step.after === Infinity;
          const intervalMs =
            !isAborted && isRateLimited(before.step) ? 1000 : (some.pollIntervalMs ?? 35_000);
          expect(at - (before.endedAt ?? Infinity)).toBeGreaterThanOrEqual(
            intervalMs / 1000 - EPSILON,
          );
        }
      }

      // No request is sent or stays open while its model has no callers.
      for (const { id, at, endedAt } of requests) {
        const waits = seen.filter(
          (one) => one.id === id && one.startedAt <= at && at <= one.endedAt,
        );
        expect(waits.length).toBeGreaterThan(0);
        const lastEnd = Math.max(
          ...seen
            .filter((one) => one.id === id && one.startedAt <= (endedAt ?? 0))
            .map((one) => one.endedAt),
        );
        expect(endedAt).toBeLessThanOrEqual(lastEnd + EPSILON);
      }

      for (const [nth, { id, outcome, startedAt, endedAt }] of seen.entries()) {
        const { until, timeoutMs, abortAfter, maxAgeMs } = some.callers[nth] ?? {};
        const left = Math.min(timeoutMs ?? 0, abortAfter ?? Infinity) / 1000;
        expect(endedAt - startedAt).toBeLessThanOrEqual(left + EPSILON);
        const isReached =
          outcome.status === 'success' || (until === 'accepted' && outcome.status === 'processing');
        if (outcome.error === null) expect(isReached).toBe(true);
        const answered = requests.filter(
          (request) => request.id === id && (request.endedAt ?? Infinity) <= endedAt + EPSILON,
        );
        const overlap = answered.filter((request) => (request.endedAt ?? 0) >= startedAt - EPSILON);
        expect(outcome.requests).toBeLessThanOrEqual(overlap.length + 1);
        if (outcome.status !== 'success') continue;
        const successes = answered.filter((request) => textOf(request.step).includes('"success"'));
        expect(successes.length).toBeGreaterThan(0);
        if (outcome.evidence === 'change') {
          expect(answered.some((request) => textOf(request.step).includes('"processing"'))).toBe(
            true,
          );
        }
        if (outcome.error === null && outcome.requests === 0) {
          const age = startedAt - Math.max(...successes.map((request) => request.endedAt ?? 0));
          expect(age * 1000).toBeLessThanOrEqual(
            (maxAgeMs ?? some.pollIntervalMs ?? 35_000) + 0.01,
          );
        }
      }
    }),
    runs(200),
  );
});
