import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs } from '../../test/effort.ts';
import { apiError, scriptedApi, type Step } from '../../test/scripted-api.ts';
import type { Outcome } from '../outcome.ts';
import { outcomeSchema } from '../schema.ts';

const after = fc.constantFrom(0, 0, 5, 2000, 60_000, 200_000);
const step: fc.Arbitrary<Step> = fc
  .tuple(
    fc.constantFrom<Step>(
      { body: { status: 'success', message: 'Model reloaded' } },
      { body: { status: 'processing', message: 'Model is reloading' } },
      { body: { status: 'processing', message: 'Model is reloading' } },
      apiError(500, 'Server error'),
      apiError(429, 'Rate limit exceeded', { retry_after: 20 }),
      apiError(429, 'Rate limit exceeded', { retry_after: 0 }),
      apiError(200, 'Rate limit exceeded', { tips: 'spam filter, wait for 30 seconds' }),
      apiError(404, 'Model not found'),
      apiError(401, 'Invalid API key'),
      apiError(402, 'Insufficient credits'),
      { status: 502, body: '<html>' },
      { fails: 'ECONNRESET' },
      { fails: 'ECONNREFUSED' },
      { fails: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
      { body: '' },
    ),
    after,
  )
  .map(([some, ms]) => Object.assign({ after: ms }, some));

const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
const scenario = fc.record({
  script: fc.record(
    Object.fromEntries(ids.map((id) => [id, fc.array(step, { minLength: 1, maxLength: 5 })])),
  ),
  list: fc.array(fc.constantFrom(...ids, '', 'g'), { maxLength: 12 }),
  until: fc.constantFrom('accepted' as const, 'success' as const),
  concurrency: fc.integer({ min: 1, max: 4 }),
  maxRetries: fc.integer({ min: 0, max: 3 }),
  pollIntervalMs: fc.constantFrom(undefined, undefined, 1000, 40_000),
  timeoutMs: fc.constantFrom(1, 10_000, 90_000, 600_000, 3_600_000),
  abortAt: fc.option(fc.integer({ min: 0, max: 300_000 }), { nil: null }),
});

async function play({
  script,
  list,
  abortAt,
  concurrency,
  maxRetries,
  pollIntervalMs,
  ...options
}: typeof scenario extends fc.Arbitrary<infer T> ? T : never) {
  const api = scriptedApi(script, { concurrency, maxRetries, pollIntervalMs });
  const caller = new AbortController();
  const outcomes: Outcome[] = [];
  const endedAt = await api.run(async () => {
    if (abortAt !== null) void api.clock.sleep(abortAt).then(() => caller.abort());
    for await (const outcome of api.client.reloadMany(list, {
      ...options,
      signal: caller.signal,
    })) {
      outcomes.push(outcome);
    }
    return api.now() * 1000;
  });
  return { outcomes, endedAt, api };
}

/** Returns the kind of a step, which determines the minimum interval to the next request. */
function kindOf(played: Step | undefined): 'unsent' | 'rate limited' | 'reached' {
  if (played?.fails === 'ECONNREFUSED' || played?.fails === 'DEPTH_ZERO_SELF_SIGNED_CERT')
    return 'unsent';
  return played?.body instanceof Object && JSON.stringify(played.body).includes('Rate limit')
    ? 'rate limited'
    : 'reached';
}

test('Each distinct id has one outcome, and it matches the schema.', async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async (some) => {
      const { outcomes, api } = await play(some);
      expect(outcomes.map(({ modelId }) => modelId).toSorted()).toEqual(
        [...new Set(some.list)].toSorted(),
      );
      for (const outcome of outcomes) {
        expect(outcomeSchema.safeParse(outcome).error).toBeUndefined();
        const reached =
          outcome.status === 'success' ||
          (some.until === 'accepted' && outcome.status === 'processing');
        expect(outcome.error === null).toBe(reached);
        expect(outcome.evidence !== null).toBe(outcome.status === 'success');
        const sent = api.requests.filter(({ id }) => id === outcome.modelId).length;
        expect(outcome.requests).toBeLessThanOrEqual(sent);
      }
    }),
    runs(400),
  );
});

test('An abort ends the list within the same millisecond.', async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async (some) => {
      const { outcomes, endedAt } = await play(some);
      expect(endedAt).toBeLessThanOrEqual((some.abortAt ?? Infinity) + 1e-6);
      for (const { error } of outcomes) {
        if (error?.code === 'aborted') expect(endedAt).toBeCloseTo(some.abortAt ?? Number.NaN, 3);
      }
    }),
    runs(400),
  );
});

test('No more requests are open than `concurrency` allows.', async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async (some) => {
      const { api } = await play(some);
      expect(api.mostOpen()).toBeLessThanOrEqual(some.concurrency);
    }),
    runs(400),
  );
});

test('Two requests for a model that may both have reached the server keep the interval.', async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async (some) => {
      const { api } = await play(some);
      const interval = (some.pollIntervalMs ?? 35_000) / 1000;
      const tooClose = ids.flatMap((id) => {
        const steps = some.script[id] ?? [];
        return api.requests
          .filter((request) => request.id === id)
          .map(({ at, endedAt }, nth) => ({
            at,
            endedAt,
            kind: kindOf(steps[Math.min(nth, steps.length - 1)]),
          }))
          .filter(({ kind }) => kind !== 'unsent')
          .filter(({ at }, nth, sent) => {
            const before = sent[nth - 1];
            if (before === undefined) return false;
            const min = before.kind === 'rate limited' ? 1 : interval;
            return at - (before.endedAt ?? Infinity) < min - 1e-6;
          });
      });
      expect(tooClose).toEqual([]);
    }),
    runs(400),
  );
});

test('A rate limited reply pauses every other model.', async () => {
  const full = apiError(429, 'Rate limit exceeded', { retry_after: 45 });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.boolean(), fc.constantFrom(0, 5, 2000, 60_000)), {
        minLength: 2,
        maxLength: 6,
      }),
      async (models) => {
        const script = Object.fromEntries(
          models.map(([isRateLimited, ms], at) => [
            ids[at],
            [
              {
                ...(isRateLimited ? full : {}),
                ...(isRateLimited ? {} : { body: { status: 'success' } }),
                after: ms,
              },
              { body: { status: 'success' } },
            ],
          ]),
        );
        const api = scriptedApi(script);
        await api.run(async () => {
          for await (const { error } of api.client.reloadMany(Object.keys(script)))
            expect(error?.code ?? null).not.toBe('aborted');
        });
        const rateLimited = api.requests.filter(({ id }, at) => {
          const nth = api.requests.slice(0, at).filter((before) => before.id === id).length;
          return nth === 0 && script[id]?.[0]?.status === 429;
        });
        for (const { endedAt } of rateLimited) {
          if (endedAt === null) continue;
          const during = api.requests.filter(({ at }) => at > endedAt && at < endedAt + 45 - 1e-6);
          expect(during).toEqual([]);
        }
      },
    ),
    runs(200),
  );
});
