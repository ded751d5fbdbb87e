import * as fc from 'fast-check';
import type { Outcome, ReloadError, Until } from '../src/engine.ts';
import {
  apiError,
  createScript,
  full,
  hangs,
  processing,
  scriptedApi,
  success,
  type Step,
} from './scripted-api.ts';

const DAY_MS = 86_400_000;
const spam = apiError(200, 'Rate limit exceeded', { tips: 'spam filter, wait for 30 seconds' });
const image: Step = { body: { status: 'success', output: ['https://cdn.example/1.png'] } };
const generating: Step = { body: { status: 'processing', id: 7, eta: 20 } };
const unloaded = apiError(200, 'Model is not loaded');

const failures: Step[] = [
  apiError(500, 'Server error'),
  { fails: 'ECONNRESET' },
  { fails: 'ECONNREFUSED' },
  hangs,
];
const replies = (...some: Step[]) =>
  fc
    .tuple(
      fc.constantFrom(...some, ...some, ...some, ...failures),
      fc.constantFrom(0, 0, 2000, 60_000),
    )
    .map(([step, after]) => [Object.assign({ after }, step)]);
/** A script of replies, with series of replies between them. */
const script = (each: fc.Arbitrary<Step[]>, ...series: fc.Arbitrary<Step[]>[]) =>
  fc
    .array(fc.oneof(each, each, each, each, ...series), { minLength: 1, maxLength: 5 })
    .map((some) => some.flat());

const reload = replies(
  success,
  success,
  success,
  success,
  processing,
  processing,
  spam,
  apiError(404, 'Not found'),
);
/** A poll is rejected, so that the whole client pauses. */
const rejectedPoll = fc.constantFrom<Step[]>([processing, full(40)], [processing, full(400)]);
const images = script(replies(image, generating, generating, unloaded, full(40)));
const list = replies({ body: { status: 'success', data: ['a'] } });
const calls = fc.array(
  fc.record({
    id: fc.constantFrom('a', 'a', 'a', 'b', 'list'),
    startAt: fc.constantFrom(0, 0, 1000, 30_000, 130_000, 400_000),
    until: fc.constantFrom<Until>('accepted', 'success', 'image', 'image', 'image'),
    timeoutMs: fc.constantFrom(20_000, 200_000, 900_000, 900_000),
    abortAfter: fc.constantFrom(Infinity, Infinity, Infinity, 500, 50_000),
  }),
  { minLength: 1, maxLength: 4 },
);
/** One use of a client: its calls, and the replies to them. */
export const use = (...rejected: fc.Arbitrary<Step[]>[]) =>
  fc.record({
    calls,
    script: fc.record({
      a: script(reload, rejectedPoll, ...rejected),
      b: script(reload, rejectedPoll, ...rejected),
      'image a': images,
      'image b': images,
      'fetch 7': script(replies(image)),
      list: script(list, ...rejected),
    }),
  });
/** Requests are rejected before the API has accepted the model, which closes the line. */
export const rejectedFirst = fc.constant<Step[]>([full(40)]);
type Use = ReturnType<typeof use> extends fc.Arbitrary<infer T> ? T : never;

/** Plays each use of one client a day after the one before, and returns what was sent and seen in the last one. */
export async function play(uses: Use[]) {
  const api = scriptedApi([], {
    transport: (request, signal) => current.transport(request, signal),
  });
  // The key is accepted, and the API has returned `processing`.
  let current = createScript([processing, success], api.clock);
  const seen: [string, string, unknown][] = [];
  let startedAt = 0;
  const call = async ({ id, startAt, abortAfter, until, timeoutMs }: Use['calls'][number]) => {
    await api.clock.sleep(startAt);
    const stop = new AbortController();
    if (abortAfter < Infinity) void api.clock.sleep(abortAfter).then(() => stop.abort());
    const { signal } = stop;
    const ending =
      id === 'list'
        ? api.client.listTrainedModels({ timeoutMs, signal }).then(String)
        : api.client.reload(id, { timeoutMs, until, signal });
    const ended = await ending.catch((error: ReloadError) => error.outcome ?? error.code);
    const at = (api.clock.monotonicMs() - startedAt).toFixed(3);
    seen.push([at, id, typeof ended === 'string' ? ended : describeOutcome(ended)]);
  };
  await api.run(async () => {
    await api.client.reload('first');
    for (const one of uses) {
      // An image that was ordered outlives its callers, so it is fetched before the next use.
      await api.clock.sleep(DAY_MS);
      current = createScript(
        { 'fetch 7': [image], 'image a': [image], 'image b': [image] },
        api.clock,
      );
      await Promise.all(['a', 'b'].map((id) => api.client.reload(id, { until: 'image' })));
      await api.clock.sleep(DAY_MS);
      startedAt = api.clock.monotonicMs();
      seen.length = 0;
      current = createScript(one.script, api.clock);
      await Promise.all(one.calls.map(call));
    }
  });
  const requests = current.requests.map(
    ({ id, at }) => `${(at - startedAt / 1000).toFixed(3)} ${id}`,
  );
  return { requests, seen };
}

/**
 * Returns what does not depend on the time of the day. A call that ends before it has sent anything may describe what
 * an earlier one has seen.
 */
function describeOutcome({ startedAt, repliedAt, ...outcome }: Outcome) {
  const { elapsedMs, requests, error } = outcome;
  if (requests === 0 && error) return { elapsedMs, requests, error: error.code };
  return { ...outcome, age: repliedAt && Date.parse(startedAt) - Date.parse(repliedAt) };
}
