import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs } from '../../test/effort.ts';
import { ids, play, scenario } from '../../test/random-callers.ts';
import type { Step } from '../../test/scripted-api.ts';

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
