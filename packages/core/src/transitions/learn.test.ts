import { createVirtualClock } from '@modelslab-reload/emulator';
import { describe, expect, test } from 'vitest';
import {
  createScript,
  full,
  KEY,
  processing,
  success,
  type Step,
} from '../../test/scripted-api.ts';
import { createClient } from '../client.ts';
import {
  createSharedClient,
  type Client,
  type ReplyEvent,
  type SharedClient,
  type Subject,
} from '../engine.ts';
import type { StepState } from '../outcome.ts';
import { createMachine } from '../../test/machine.ts';
import { createReload, type Reload } from '../state/state.ts';

/** What is reloaded, checked with an image, or the list of trained models. */
const subjectOf = (name: string): Subject => ({
  modelId: name === 'list' ? null : name.replace('image ', ''),
  imagePrompt: name.startsWith('image ') ? 'a dog' : null,
  imageBaseModel: '',
});

/** Two processes: the first sends what a test tells it to, and what it publishes reaches the second through JSON. */
function createPair(script: Record<string, Step[]>) {
  const clock = createVirtualClock();
  const api = createScript(script, { monotonicMs: clock.now, sleep: clock.sleep });
  const start = (): { client: Client; own: SharedClient; follows: string[] } => {
    const members: SharedClient[] = [];
    const follows: string[] = [];
    const client = createClient(
      { apiKey: KEY, clock, transport: api.transport },
      {
        random: () => 0,
        createDriver: (...host) => {
          const member = createSharedClient(...host, (subject, isFollowed) => {
            follows.push(
              `${isFollowed ? '+' : '-'}${subject.imagePrompt ? 'image ' : ''}${subject.modelId}`,
            );
          });
          members.push(member);
          return member.driver;
        },
      },
    );
    const [own] = members;
    if (!own) throw new Error('The client has no driver.');
    return { client, own, follows };
  };
  const [sender, learner] = [start(), start()];
  const known: Record<string, StepState> = {};
  /** Sends the next request for a model; the second process may miss that it has left. */
  const exchange = async (modelId: string, { isMissed = false, isNews = true } = {}) => {
    const publish = (state: StepState) => {
      known[modelId] = JSON.parse(JSON.stringify(state));
    };
    const result = await sender.own.exchange(subjectOf(modelId), known[modelId] ?? null, (sent) => {
      publish(sent);
      if (!isMissed) learner.own.learn(known[modelId] ?? null, isNews);
    });
    publish(result.state);
    learner.own.learn(known[modelId] ?? null, isNews);
    return result;
  };
  const waits = () => [learner.own.waitMs(false), learner.own.waitMs(true)];
  return { clock, run: clock.run, api, learner, known, exchange, waits };
}

test.each([false, true])(
  'A call sees the reply to a request of another process, even if it missed that request: %s',
  async (isMissed) => {
    const { run, clock, learner, exchange, api } = createPair({ m: [processing, success] });
    const events: ReplyEvent[] = [];
    const outcome = await run(async () => {
      const waiting = learner.client.reload('m', { onReply: (event) => events.push(event) });
      await exchange('m', { isMissed });
      await clock.sleep(128_000);
      await exchange('m', { isMissed });
      return waiting;
    });
    expect(outcome).toMatchObject({ status: 'success', evidence: 'change', requests: 2 });
    expect(events).toMatchObject([
      { type: 'reply', attempt: 1, nextInMs: 128_000 },
      { type: 'reply', attempt: 2, nextInMs: null },
    ]);
    expect(api.requests).toHaveLength(2);
  },
);

test.each([false, true])(
  'A full queue that another process met closes the line here, too; its request missed: %s',
  async (isMissed) => {
    const { run, clock, exchange, waits } = createPair({
      a: [full(40), full(40), processing],
      b: [processing, full(90)],
    });
    const seen: number[][] = [];
    await run(async () => {
      await exchange('a', { isMissed });
      seen.push(waits());
      await clock.sleep(40_000);
      await exchange('a', { isMissed });
      seen.push(waits());
      await clock.sleep(80_000);
      seen.push(waits());
      // The success of the trial opens the line.
      await exchange('a', { isMissed });
      seen.push(waits());
    });
    expect(seen).toEqual([
      [40_000, 0],
      [80_000, 0],
      [0, 0],
      [0, 0],
    ]);
  },
);

test('A rejected poll of another process lets all requests wait.', async () => {
  const { run, clock, exchange, waits } = createPair({ b: [processing, full(90)] });
  const seen = await run(async () => {
    await exchange('b');
    await clock.sleep(128_000);
    await exchange('b');
    const first = waits();
    await clock.sleep(30_000);
    return [first, waits()];
  });
  expect(seen).toEqual([
    [90_000, 90_000],
    [60_000, 60_000],
  ]);
});

test.each<[string, Step[], number, string, number]>([
  ['a full queue', [full(40)], 0, 'line', 40_000],
  ['a rejected poll', [processing, full(90)], 128_000, 'pause', 90_000],
])('A call reports why others wait: %s.', async (_, steps, afterMs, reason, nextInMs) => {
  const { run, clock, learner, exchange } = createPair({ m: steps });
  const seen = await run(async () => {
    const events: ReplyEvent[] = [];
    const options = { onReply: (event: ReplyEvent) => events.push(event), timeoutMs: 1_000_000 };
    const waiting = learner.client.reload('m', options).catch(() => {});
    for (const step of steps) {
      if (step !== steps[0]) await clock.sleep(afterMs);
      await exchange('m');
    }
    const known = events.slice(-2);
    await waiting;
    return known;
  });
  expect(seen).toMatchObject([
    { type: 'reply', errorCode: 'rate_limited', nextInMs },
    { type: 'waiting', reason, nextInMs },
  ]);
});

test('A request that is open elsewhere counts as a model that starts, until its reply.', async () => {
  const { run, clock, exchange, waits } = createPair({
    a: [full(40)],
    b: [{ ...processing, after: 5000 }],
  });
  const seen = await run(async () => {
    await exchange('a');
    await clock.sleep(40_000);
    const open = exchange('b');
    await clock.sleep(1000);
    const during = waits();
    await open;
    return [during, waits()];
  });
  // While the trial is open, the line waits for its reply; a second at least.
  expect(seen).toEqual([
    [1000, 0],
    [0, 0],
  ]);
});

test('A client follows what its calls wait for, from the first to the last.', async () => {
  const image = { body: { status: 'success', output: ['https://cdn.example/1.png'] } };
  const { run, learner, exchange, known } = createPair({ m: [success], 'image m': [image] });
  const { client, own, follows } = learner;
  const counts = await run(async () => {
    const waiting = [
      client.reload('m'),
      client.reload('m', { until: 'image', imagePrompt: 'a dog' }),
    ];
    await exchange('m');
    const first = [...follows];
    // Published once more, as after a lost connection.
    own.learn(known['m'] ?? null, false);
    await exchange('image m');
    own.learn(known['image m'] ?? null, false);
    await Promise.all(waiting);
    return [first, follows];
  });
  expect(counts).toEqual([
    ['+m', '-m', '+image m'],
    ['+m', '-m', '+image m', '-image m'],
  ]);
});

test('What was published before a call began answers it, and is no reply to it.', async () => {
  const { run, learner, exchange } = createPair({ m: [success] });
  const events: ReplyEvent[] = [];
  const outcome = await run(async () => {
    await exchange('m', { isNews: false });
    return learner.client.reload('m', { onReply: (event) => events.push(event) });
  });
  expect(outcome).toMatchObject({ status: 'success', requests: 0 });
  expect(events).toEqual([]);
});

test('The list of trained models that another process received answers the calls here.', async () => {
  const list = { body: [{ model_id: 'a' }, { model_id: 'b' }] };
  const { run, learner, exchange, api, known } = createPair({ list: [list], m: [success] });
  const ids = await run(async () => {
    const waiting = learner.client.listTrainedModels();
    await exchange('list');
    await exchange('m');
    return waiting;
  });
  expect(ids).toEqual(['a', 'b']);
  expect(learner.own.save(subjectOf('list'))).toMatchObject({ list: { ids }, modelId: '' });
  expect(learner.own.save(subjectOf('m'))).toMatchObject({ list: null, modelId: 'm' });
  expect(api.requests.map(({ id }) => id)).toEqual(['list', 'm']);
  expect(Object(known['m'])).toMatchObject({ list: null, modelId: 'm' });
});

test('What another process counts for its own calls is not taken over.', async () => {
  const { run, learner, exchange, known } = createPair({ m: [processing, success] });
  const outcome = await run(async () => {
    const waiting = learner.client.reload('m', { timeoutMs: 60_000 }).catch((error) => error);
    await exchange('m');
    const published = Object(known['m']);
    const reload = {
      ...published.reload,
      sent: 2,
      calls: {},
      callers: 0,
      key: 'other',
      request: 7,
    };
    learner.own.learn({ ...published, reload }, false);
    return waiting;
  });
  expect(outcome).toMatchObject({ code: 'wait_timeout', outcome: { status: 'processing' } });
});

test('A call that what was published does not answer reports the interval until the next request.', async () => {
  const { run, clock, learner, exchange, known } = createPair({ m: [processing] });
  const events = await run(async () => {
    const seen: ReplyEvent[] = [];
    await exchange('m', { isNews: false });
    await clock.sleep(28_000);
    // It arrives once more after the call has joined, as from a store that is read.
    const { client, own } = learner;
    const options = { onReply: (event: ReplyEvent) => seen.push(event), timeoutMs: 50_000 };
    const waiting = client.reload('n', options).catch(() => {});
    own.learn(JSON.parse(JSON.stringify(known['m']).replaceAll('"m"', '"n"')), false);
    await waiting;
    return seen;
  });
  expect(events).toEqual([{ type: 'waiting', modelId: 'n', reason: 'pause', nextInMs: 100_000 }]);
});

describe('What is learned about a model for which nobody waits', () => {
  const PROCESSING = {
    status: 'processing',
    httpStatus: 200,
    apiStatus: 'processing',
    apiMessage: null,
  } as const;
  const published = (modelId: string, at: number, sent = 1): Reload => ({
    ...createReload(modelId),
    sent,
    nextAt: at + 128_000,
    wait: { ...createReload(modelId).wait, status: 'processing' },
    accepted: { at, wall: at, untilAt: at + 128_000 },
    replied: { at, wall: at, request: sent, reply: PROCESSING, failure: null },
  });
  const learnedBy = (machine: ReturnType<typeof createMachine>) => (now: number, target: Reload) =>
    machine.apply(now, { type: 'learn', target, isNews: true });

  test('leaves the open requests for others.', () => {
    const machine = createMachine();
    machine.state.isFollower = true;
    const learn = learnedBy(machine);
    learn(0, { ...createReload('other'), sent: 1 });
    learn(1000, published('m', 1000));
    expect(machine.state.open).toMatchObject([{ key: 'reload other', sentAt: 0 }]);
  });

  test.each([
    ['old', 0, true],
    ['old, but a call waits for it', 1, false],
    ['recent', 0, false],
  ])('is no acceptance any more if it is %s.', (when, calls, isFirst) => {
    const machine = createMachine();
    machine.state.isFollower = true;
    const learn = learnedBy(machine);
    learn(0, published('m', 0));
    if (calls > 0) machine.join(1000, 'call', { timeoutMs: 10_000_000 });
    const now = when === 'recent' ? 600_000 : 1_000_000;
    learn(now, { ...published('m', 0), sent: 2 });
    expect(machine.state.open).toMatchObject([{ key: 'reload m', isFirst }]);
  });

  test('makes it the most recently used one.', () => {
    const machine = createMachine();
    const learn = learnedBy(machine);
    for (const [at, id] of ['a', 'b', 'c'].entries()) learn(at, published(id, at));
    learn(1000, published('b', 1000, 2));
    expect(Object.keys(machine.state.targets)).toEqual(['reload a', 'reload c', 'reload b']);
  });

  test('counts it as loading only until its next request is overdue.', () => {
    const machine = createMachine();
    machine.state.isFollower = true;
    learnedBy(machine)(0, published('m', 0));
    machine.join(0, 'call', { modelId: 'other', timeoutMs: 1_000_000 });
    const loads = [128_000, 200_000].map((now) => {
      machine.tick(now);
      return machine.state.line.loads;
    });
    expect(loads).toEqual([1, 0]);
  });
});

const down: Step = { status: 503, body: { status: 'error', message: 'Down' } };
const badKey: Step = { status: 401, body: { status: 'error', message: 'Invalid API Key' } };
const none = { isAccepted: false, isRejected: false, failure: null };
test.each<[string, Step, object, number]>([
  ['m', processing, { ...none, isAccepted: true, nextInMs: 128_000 }, 128_000],
  ['m', success, { ...none, nextInMs: null }, 35_000],
  ['m', full(40), { ...none, isRejected: true, nextInMs: 40_000 }, 40_000],
  ['image m', full(40), { ...none, isAccepted: true, nextInMs: 40_000 }, 40_000],
  ['list', down, { ...none, nextInMs: 35_000 }, 35_000],
  ['m', badKey, { ...none, failure: { code: 'unauthorized' }, nextInMs: null }, 35_000],
])(
  'A request about %s that gets %j ends as %j, and the next one waits for %i ms.',
  async (name, step, found, againInMs) => {
    const { run, exchange, api } = createPair({ [name]: [step, step] });
    const [first, second] = await run(async () => [await exchange(name), await exchange(name)]);
    expect(first).toMatchObject(found);
    expect(second?.nextInMs).toBe(againInMs);
    expect(api.requests).toHaveLength(1);
  },
);
