import * as fc from 'fast-check';
import type { Outcome, ReloadError } from '../src/engine.ts';
import { apiError, hangs, processing, success, WALL_START_MS, type Step } from './scripted-api.ts';
import { createIsolate, type WorkerRequest } from './worker-isolate.ts';

const IDS = ['a', 'b', 'c'];
/** A caller checks what others have learned this often, in milliseconds. */
const CHECK_MS = 500;
/** Short, because a caller checks many times in each interval. */
const INTERVAL_MS = 5000;
/** Rounding error of times in milliseconds. */
const EPSILON = 1e-6;

const after = fc.constantFrom(0, 300, 1000, 4000, 15_000);
const reply = fc.constantFrom<Step>(
  success,
  success,
  processing,
  processing,
  apiError(500, 'Server error'),
  apiError(404, 'Model not found'),
  { fails: 'ECONNRESET' },
  hangs,
);
const list = fc.constantFrom<Step>(
  { body: { status: 'success', data: ['a', 'b'] } },
  { status: 502, body: '<html>' },
);
const script = (step: fc.Arbitrary<Step>) =>
  fc.array(
    fc.tuple(step, after).map(([some, ms]): Step => Object.assign({ after: ms }, some)),
    { minLength: 1, maxLength: 4 },
  );

/** Calls of all kinds in requests to one Worker, some of which end early. */
export const scenario = fc.record({
  calls: fc.array(
    fc.record({
      kind: fc.constantFrom('reload', 'reload', 'reloadMany', 'listTrainedModels'),
      ids: fc.uniqueArray(fc.constantFrom(...IDS), { minLength: 1 }),
      startAt: fc.constantFrom(0, 0, 100, 250, 700, 2000, 5500),
      until: fc.constantFrom('accepted' as const, 'success' as const),
      timeoutMs: fc.constantFrom(2000, 12_000, 40_000),
      /** How many outcomes of a list are read. */
      reads: fc.constantFrom(1, 3, 3),
      abortAfter: fc.constantFrom(Infinity, Infinity, Infinity, 200, 1500, 6000),
      /** How long the Worker's request lives, whatever still waits in it. */
      livesMs: fc.constantFrom(Infinity, Infinity, Infinity, 50, 1200, 6000),
    }),
    { minLength: 2, maxLength: 6 },
  ),
  script: fc.record({
    ...Object.fromEntries(IDS.map((id) => [id, script(reply)])),
    list: script(list),
  }),
  concurrency: fc.integer({ min: 1, max: 3 }),
  requestTimeoutMs: fc.constantFrom(3000, 150_000),
  /** Whether timers run before the replies that came during the same stall. */
  areRepliesLast: fc.boolean(),
});
export const stalls = fc.array(
  fc.record({
    at: fc.integer({ min: 0, max: 20_000 }),
    ms: fc.integer({ min: 0, max: 20_000 }),
  }),
  { minLength: 1, maxLength: 3 },
);
type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never;
type Stalls = typeof stalls extends fc.Arbitrary<infer T> ? T : never;
type Call = Scenario['calls'][number];

/** One wait for one model, or for the list. */
interface Wait {
  id: string;
  startedAt: number;
  endedAt: number;
  context: WorkerRequest;
  call: Call;
  outcome: Outcome | null;
}

async function play({ calls, script: steps, ...options }: Scenario, isolateStalls: Stalls) {
  const isolate = createIsolate(steps, {
    ...options,
    pollIntervalMs: INTERVAL_MS,
    stalls: isolateStalls,
  });
  const { client, nowMs, sleep } = isolate;
  const waits: Wait[] = [];
  const handle = async (call: Call, nth: number) => {
    const { kind, ids, until, timeoutMs, reads, abortAfter, livesMs } = call;
    await sleep(call.startAt);
    const context = { name: `request ${nth}`, endsAt: nowMs() + livesMs };
    await isolate.handle(context, async () => {
      const calledAt = nowMs();
      const end = (id: string, outcome: Outcome | null) => {
        // A model of a list starts when the list has room for it.
        const startedAt = outcome ? Date.parse(outcome.startedAt) - WALL_START_MS : calledAt;
        waits.push({ id, startedAt, endedAt: nowMs(), context, call, outcome });
      };
      const stop = new AbortController();
      const { signal } = stop;
      if (abortAfter < Infinity)
        void isolate.clock.sleep(abortAfter, signal).then(() => stop.abort());
      if (kind === 'reload') {
        const [id = ''] = ids;
        const ending = client.reload(id, { until, timeoutMs, signal });
        end(id, await ending.catch((error: ReloadError) => error.outcome ?? null));
      } else if (kind === 'reloadMany') {
        let read = 0;
        for await (const outcome of client.reloadMany(ids, { until, timeoutMs, signal })) {
          end(outcome.modelId, outcome);
          if (++read === reads) break;
        }
      } else {
        await client.listTrainedModels({ timeoutMs, signal }).catch(() => {});
        end('list', null);
      }
      stop.abort();
    });
  };
  await isolate.run(() => Promise.all(calls.map(handle)));
  return { isolate, waits };
}

/** Plays a scenario, and returns what a caller in a Worker may rely on and did not get. */
export async function findFaults(some: Scenario, isolateStalls: Stalls): Promise<string[]> {
  const { isolate, waits } = await play(some, isolateStalls);
  const { resumesAt, played, senders } = isolate;
  const requests = isolate.requests.map((request, index) => ({
    id: request.id,
    isReplied: request.isReplied,
    at: request.at * 1000,
    endedAt: request.endedAt === null ? null : request.endedAt * 1000,
    step: played[index] ?? {},
    sender: senders[index],
  }));
  const faults = [...isolate.violations];
  const check = (isRight: boolean, text: string) => {
    if (!isRight) faults.push(text);
  };

  check(isolate.countPending() === 0, 'Something still runs after the last call.');
  const living = waits.filter(({ context }) => context.endsAt === Infinity);
  const expected = some.calls
    .filter(({ livesMs }) => livesMs === Infinity)
    .map(({ kind, ids, reads }) => (kind === 'reloadMany' ? Math.min(reads, ids.length) : 1));
  const count = expected.reduce((sum, each) => sum + each, 0);
  check(living.length === count, `${living.length} waits have a result, not ${count}.`);
  for (const { id, startedAt, endedAt, call, context } of living) {
    // The time of a model of a list starts with its first request.
    const timeoutMs = call.kind === 'reloadMany' ? Infinity : call.timeoutMs;
    const latest = resumesAt(startedAt + Math.min(timeoutMs, call.abortAfter));
    check(
      endedAt <= latest + EPSILON,
      `${context.name} for ${id} ends at ${endedAt}, not ${latest}.`,
    );
  }

  for (const { id, at, endedAt, step, isReplied, sender } of requests) {
    const name = `The request for ${id} at ${at}`;
    // Nobody repeats a request within the interval, even if its sender is gone.
    const next = requests.find((one) => one.id === id && one.at > at);
    const earliest = (endedAt ?? sender?.endsAt ?? Infinity) + INTERVAL_MS;
    if (next && id !== 'list') {
      check(next.at >= earliest - EPSILON, `${name} is repeated at ${next.at}, not ${earliest}.`);
    }
    const timesOutAt = resumesAt(at + some.requestTimeoutMs);
    if (timesOutAt < (sender?.endsAt ?? Infinity)) {
      check(endedAt !== null && endedAt <= timesOutAt + EPSILON, `${name} does not time out.`);
    }
    if (!isReplied || endedAt === null || (sender && sender.endsAt <= endedAt)) continue;
    // What a sender has received, all others who wait for it see at their next check.
    const isSeenAt = resumesAt(endedAt + CHECK_MS);
    for (const wait of waits) {
      const { startedAt, call, context, outcome } = wait;
      const isThere = wait.id === id && startedAt <= at && wait.endedAt >= endedAt - EPSILON;
      const endsBefore = startedAt + Math.min(call.timeoutMs, call.abortAfter) <= isSeenAt;
      if (!isThere || endsBefore || !isGoal(step, wait)) continue;
      const isSeen = wait.endedAt <= isSeenAt + EPSILON && !outcome?.error;
      check(isSeen, `${name} has a reply at ${endedAt} that ${context.name} does not get.`);
    }
  }
  return faults;
}

/** Returns whether a reply is what a call waits for. */
function isGoal({ body, status }: Step, { id, call: { until } }: Wait): boolean {
  if (id === 'list') return status === undefined;
  return body === success.body || (until === 'accepted' && body === processing.body);
}
