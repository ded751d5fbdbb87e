import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyText } from '../test/any-text.ts';
import { scriptedApi, type Step } from '../test/scripted-api.ts';
import type { Outcome } from './outcome.ts';
import { outcomeSchema } from './schema.ts';
import { ReloadError } from './errors.ts';
import { runs } from '../test/effort.ts';

const word = fc.oneof(fc.constantFrom('success', 'processing', 'error', 'failed'), anyText);
const field = fc.oneof(
  anyText,
  fc.jsonValue(),
  fc.double(),
  fc.constantFrom('Model is reloading', 'try again', 'rate limit', 'https://cdn.example/1.png'),
);
const body = fc.oneof(
  anyText,
  fc.json(),
  fc.record(
    {
      status: word,
      message: field,
      messege: field,
      tips: field,
      retry_after: field,
      eta: field,
      id: field,
      output: fc.oneof(field, fc.array(field)),
    },
    { requiredKeys: ['status'] },
  ),
);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    status: fc.oneof(fc.constant(200), fc.integer({ min: 100, max: 599 })),
    headers: fc.dictionary(fc.constantFrom('retry-after', 'location'), fc.string()),
    body,
    after: fc.constantFrom(0, 0, 1500, 170_000),
  }),
  fc.record({ fails: fc.string() }),
);

const script = fc.array(step, { minLength: 1, maxLength: 4 });

test('with any replies, one model ends in time with an outcome that fits its schema', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({ m: script, 'image m': script }),
      fc.constantFrom('accepted' as const, 'success' as const, 'image' as const),
      fc.constantFrom(1, 90_000, 600_000),
      async (replies, until, timeoutMs) => {
        const api = scriptedApi(replies, { maxRetries: 1 });
        const outcome = await api.run(() =>
          outcomeOf(api.client.reload('m', { until, timeoutMs })),
        );
        expect(outcomeSchema.safeParse(outcome).error).toBeUndefined();
        expect(api.now() * 1000).toBeLessThanOrEqual(timeoutMs + 1e-6);
        const isSuccess = outcome.status === 'success';
        if (outcome.error === null) {
          expect(isSuccess || (until === 'accepted' && outcome.status === 'processing')).toBe(true);
        }
        // An error that means that the model is loading is not an acceptance.
        if (until === 'image') expect(outcome.error === null).toBe(outcome.evidence === 'image');
        else if (isSuccess) expect(outcome.error).toBeNull();
      },
    ),
    runs(400),
  );
});

/** Returns the outcome of a call, whether it succeeded or failed. */
async function outcomeOf(reloading: Promise<Outcome>): Promise<Outcome> {
  try {
    const outcome = await reloading;
    expect(outcome.error).toBeNull();
    return outcome;
  } catch (error) {
    if (!ReloadError.isInstance(error) || error.outcome === null) throw error;
    expect(error.outcome.error?.code).toBe(error.code);
    return error.outcome;
  }
}
