import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs } from '../../test/effort.ts';
import { seeded } from '../../test/load-times.ts';
import { apiError, hangs, scriptedApi, success, type Step } from '../../test/scripted-api.ts';

/** The user pays for each image, so this is the maximum cost of one wait. */
const MAX_BILLED = 3;
const URL = 'https://cdn.example/1.png';

const image: Step = { body: { status: 'success', output: [URL] } };
const html: Step = { status: 502, body: '<html><h1>Bad Gateway</h1></html>' };
const withId = (id: unknown, more: object = {}): Step => ({
  body: { status: 'processing', id, output: [], ...more },
});

/** Results of an image request that cannot be billed, because it was not sent or was rejected. */
const unbilled: Step[] = [
  { fails: 'ECONNREFUSED' },
  { fails: 'ENOTFOUND' },
  apiError(429, 'Rate limit exceeded', { retry_after: 20 }),
  apiError(200, 'Rate limit exceeded', { tips: 'spam filter, wait for 30 seconds' }),
  apiError(404, 'Model not found'),
  apiError(200, 'Model is not loaded: m'),
  apiError(503, 'The model is reloading'),
];

/** Results after which the image may have been generated, even if the client has not received it. */
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
const imageReply = fc.oneof(
  { weight: 1, arbitrary: delayed(fc.constantFrom(...unbilled)) },
  { weight: 2, arbitrary: delayed(fc.constantFrom(...maybeBilled)) },
);
const fetchReply = delayed(fc.constantFrom(...maybeBilled, ...unbilled));
const script = (step: fc.Arbitrary<Step>) => fc.array(step, { minLength: 1, maxLength: 8 });

test('One wait sends at most three image requests that may be billed, regardless of the replies.', async () => {
  let maxBilled = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        images: script(imageReply),
        ids: fc.record({ 7: script(fetchReply), 8: script(fetchReply), 9: script(fetchReply) }),
        maxRetries: fc.integer({ min: 0, max: 9 }),
        pollIntervalMs: fc.constantFrom(undefined, 20_000, 35_000),
        seed: fc.integer(),
      }),
      async ({ images, ids, maxRetries, pollIntervalMs, seed }) => {
        const steps = Object.entries(ids).map(([id, replies]) => [`fetch ${id}`, replies]);
        const api = scriptedApi(
          { m: [success], 'image m': images, ...Object.fromEntries(steps) },
          { maxRetries, pollIntervalMs },
          { random: seeded(seed) },
        );
        await api.run(() =>
          api.client
            .reload('m', { until: 'image', timeoutMs: 3_600_000 })
            .catch((error: unknown) => error),
        );
        const imageRequests = api.requests.filter(({ id }) => id === 'image m');
        const billed = imageRequests.filter((_, nth) => mayBeBilled(images, nth)).length;
        maxBilled = Math.max(maxBilled, billed);
        expect(billed).toBeLessThanOrEqual(MAX_BILLED);
        // An empty id or a dot segment would fetch something else.
        const names = api.requests.map(({ id }) => id);
        expect(names).toEqual(names.filter((id) => /^(?:m|image m|fetch [789])$/.test(id)));
      },
    ),
    runs(100),
  );
  // Otherwise the replies would not provoke a fourth request.
  expect(maxBilled).toBe(MAX_BILLED);
});

test('A list never sends more image requests that may be billed than its budget, regardless of the replies.', async () => {
  const models = ['a', 'b', 'c', 'd'];
  const replies = fc.record({
    a: script(imageReply),
    b: script(imageReply),
    c: script(imageReply),
    d: script(imageReply),
  });
  let spent = 0;
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        images: replies,
        fetched: script(fetchReply),
        maxImages: fc.integer({ min: 0, max: 6 }),
        concurrency: fc.integer({ min: 1, max: 4 }),
        isIsolated: fc.boolean(),
        seed: fc.integer(),
      }),
      async ({ images, fetched, maxImages, concurrency, isIsolated, seed }) => {
        const steps = Object.entries(images).map(([id, all]) => [`image ${id}`, all]);
        const api = scriptedApi(
          {
            'fetch 7': fetched,
            'fetch 8': fetched,
            'fetch 9': fetched,
            ...Object.fromEntries(steps),
          },
          { concurrency },
          { random: seeded(seed), isIsolated },
        );
        const options = { until: 'image', timeoutMs: 1_800_000, maxImages } as const;
        await api.run(async () => {
          for await (const { error, imageUrl } of api.client.reloadMany(models, options)) {
            if (error?.code === 'image_limit') refused++;
            if (maxImages === 0) expect([error === null, imageUrl]).toEqual([false, null]);
          }
        });
        const billed = models.map((id) => {
          const sent = api.requests.filter((request) => request.id === `image ${id}`);
          return sent.filter((_, nth) => mayBeBilled(images[id as 'a'], nth)).length;
        });
        const all = billed.reduce((sum, count) => sum + count, 0);
        expect(all).toBeLessThanOrEqual(maxImages);
        if (all === maxImages && all > 0) spent++;
      },
    ),
    runs(100),
  );
  // Otherwise the budgets would not matter.
  expect(Math.min(spent, refused)).toBeGreaterThan(0);
});

/** Returns whether the nth image request may be billed. One that timed out was sent. */
function mayBeBilled(images: Step[], nth: number): boolean {
  const step = images[Math.min(nth, images.length - 1)] ?? {};
  const { after = 0, ...reply } = step;
  const isTimedOut = after >= 150_000;
  return isTimedOut || !unbilled.some((one) => JSON.stringify(one) === JSON.stringify(reply));
}
