import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { seeded } from '../../test/load-times.ts';
import { apiError, hangs, scriptedApi, success, type Step } from '../../test/scripted-api.ts';

/** The user pays for each image, so this is the whole bill of one wait. */
const MAX_BILLED = 3;
const URL = 'https://cdn.example/1.png';

const image: Step = { body: { status: 'success', output: [URL] } };
const html: Step = { status: 502, body: '<html><h1>Bad Gateway</h1></html>' };
const withId = (id: unknown, more: object = {}): Step => ({
  body: { status: 'processing', id, output: [], ...more },
});

/** Replies to an order which the API cannot bill: it was not sent, or rejected before any work. */
const unbilled: Step[] = [
  { fails: 'ECONNREFUSED' },
  { fails: 'ENOTFOUND' },
  apiError(429, 'Rate limit exceeded', { retry_after: 20 }),
  apiError(200, 'Rate limit exceeded', { tips: 'spam filter, wait for 30 seconds' }),
  apiError(404, 'Model not found'),
  apiError(200, 'Model is not loaded: m'),
  apiError(503, 'The model is reloading'),
];

/** Replies after which the image may have been made, whether or not it was seen. */
const maybeBilled: Step[] = [
  image,
  withId(7),
  withId(7, { eta: 0 }),
  withId(8, { eta: 600 }),
  withId('9', { status: 'success' }),
  withId(''),
  withId('.'),
  withId('..'),
  withId(null),
  { body: { status: 'processing' } },
  { body: { status: 'success', output: [] } },
  { body: { status: 'failed', message: 'Failed, Try Again' } },
  apiError(500, 'Server error'),
  apiError(503, 'Server error', { retry_after: 50 }),
  apiError(200, 'Something went wrong'),
  apiError(401, 'Invalid API key'),
  html,
  { body: '' },
  { body: '{"status":"succ' },
  { fails: 'ECONNRESET' },
  { fails: 'ETIMEDOUT' },
  hangs,
];

const delayed = (step: fc.Arbitrary<Step>) =>
  fc
    .tuple(step, fc.constantFrom(0, 0, 0, 5, 2000, 60_000, 149_000, 200_000, Infinity))
    .map(([some, after]) => Object.assign({ after }, some));
const order = fc.oneof(
  { weight: 1, arbitrary: delayed(fc.constantFrom(...unbilled)) },
  { weight: 2, arbitrary: delayed(fc.constantFrom(...maybeBilled)) },
);
const fetched = delayed(fc.constantFrom(...maybeBilled, ...unbilled));
const script = (step: fc.Arbitrary<Step>) => fc.array(step, { minLength: 1, maxLength: 8 });

test('one wait orders no more than three images that may be billed, whatever the replies', async () => {
  let most = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        draw: script(order),
        ids: fc.record({ 7: script(fetched), 8: script(fetched), 9: script(fetched) }),
        maxRetries: fc.integer({ min: 0, max: 9 }),
        pollIntervalMs: fc.constantFrom(undefined, 20_000, 35_000),
        seed: fc.integer(),
      }),
      async ({ draw, ids, maxRetries, pollIntervalMs, seed }) => {
        const steps = Object.entries(ids).map(([id, replies]) => [`fetch ${id}`, replies]);
        const api = scriptedApi(
          { m: [success], 'draw m': draw, ...Object.fromEntries(steps) },
          { maxRetries, pollIntervalMs },
          { random: seeded(seed) },
        );
        await api.run(() =>
          api.client
            .reload('m', { until: 'image', timeoutMs: 3_600_000 })
            .catch((error: unknown) => error),
        );
        const orders = api.requests.filter(({ id }) => id === 'draw m');
        const billed = orders.filter((_, nth) => mayBeBilled(draw, nth)).length;
        most = Math.max(most, billed);
        expect(billed).toBeLessThanOrEqual(MAX_BILLED);
        // An id that is a step in a path, or empty, would fetch something else.
        const names = api.requests.map(({ id }) => id);
        expect(names).toEqual(names.filter((id) => /^(?:m|draw m|fetch [789])$/.test(id)));
      },
    ),
    { numRuns: 100 },
  );
  // Otherwise the replies would be too kind to show a fourth.
  expect(most).toBe(MAX_BILLED);
});

/** Returns whether the nth order may be on the bill. One that the client gave up on was sent. */
function mayBeBilled(draw: Step[], nth: number): boolean {
  const step = draw[Math.min(nth, draw.length - 1)] ?? {};
  const { after = 0, ...answer } = step;
  const isCut = after >= 150_000;
  return isCut || !unbilled.some((one) => JSON.stringify(one) === JSON.stringify(answer));
}
