import { ReloadError, type ReplyEvent } from '@modelslab-reload/core';
import type { EmulatorOptions } from '@modelslab-reload/emulator';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createWorld, KEY } from '../test/world.ts';
import { createClient, createFleet, type FleetClient } from './client.ts';

afterEach(() => {
  vi.useRealTimers();
});

/** The options of a call. */
type Options = Parameters<FleetClient['reload']>[1];

/** Returns the code of the error with which a promise rejects, or the evidence of its outcome. */
const endOf = (reloading: ReturnType<FleetClient['reload']>) =>
  reloading.then(
    ({ evidence, status }) => evidence ?? status,
    (error: unknown) => (ReloadError.isInstance(error) ? error.code : error),
  );

describe('Calls of four processes for three models', () => {
  test.each<[string, EmulatorOptions, number[], string]>([
    ['send two requests for each model', {}, [0, 0, 0, 128, 128, 128], 'change'],
    [
      'send one if the API replies only when the model is loaded',
      { success: 'blocking' },
      [0, 0, 120],
      'reply',
    ],
    ['send one if the API only accepts', { success: 'accepted' }, [0, 0, 0], 'reply'],
    [
      'keep the interval of the spam filter',
      { repeat: 'refused' },
      [0, 0, 0, 128, 128, 128],
      'change',
    ],
    [
      'send one if the models are loaded',
      { repeat: 'refused', loaded: ['a', 'b', 'c'] },
      [0, 0, 0],
      'reply',
    ],
  ])('%s.', async (_, options, sentAt, evidence) => {
    const world = createWorld(options);
    const clients = [1, 2, 3, 4].map(() => world.start());
    const ends = await world.run(() =>
      Promise.all(
        clients.flatMap((client) => ['a', 'b', 'c'].map((id) => endOf(client.reload(id)))),
      ),
    );
    expect(ends).toEqual(ends.map(() => evidence));
    expect(world.sentAt().map(Math.floor)).toEqual(sentAt);
    expect(world.emulator.requests.every(({ reply }) => reply === 200)).toBe(true);
  });
});

test('A call that joins later has its own times and requests, and the evidence of the shared wait.', async () => {
  const world = createWorld();
  const [first, second] = [world.start(), world.start()];
  const [one, other] = await world.run(async () => {
    const early = first.reload('m');
    await world.sleep(100_000);
    return Promise.all([early, second.reload('m')]);
  });
  expect(one).toMatchObject({ requests: 2, elapsedMs: 128_080, evidence: 'change' });
  expect(other).toMatchObject({ requests: 1, evidence: 'change', firstStatus: 'processing' });
  expect(other.elapsedMs).toBe(28_081);
  expect(Date.parse(other.startedAt) - Date.parse(one.startedAt)).toBe(100_000);
});

describe('The memory of the fleet', () => {
  test.each<[string, Options, number, number]>([
    ['answers without a request, in a process that was not there', { maxAgeMs: 3_600_000 }, 600, 2],
    ['answers during the interval by default', {}, 30, 2],
    ['does not answer with an older success', {}, 600, 3],
    ['does not answer with maxAgeMs 0, which waits for the interval', { maxAgeMs: 0 }, 10, 3],
  ])('%s.', async (_, options, afterS, requests) => {
    const world = createWorld();
    await world.run(() => world.start().reload('m'));
    const later = world.start();
    await world.run(() => world.sleep(afterS * 1000));
    const outcome = await world.run(() => later.reload('m', options));
    expect(outcome.status).toBe('success');
    expect(outcome.requests).toBe(requests - 2);
    expect(world.emulator.requests).toHaveLength(requests);
    const [, second = 0, third = Infinity] = world.sentAt();
    expect(third - second).toBeGreaterThanOrEqual(35);
  });

  test('answers with one look at the queue, and with none in a process that received the success.', async () => {
    const world = createWorld();
    const first = world.start();
    await world.run(() => first.reload('m'));
    const later = world.start();
    world.queue.counts.find = 0;
    await world.run(() => Promise.all([later.reload('m'), later.reload('m'), later.reload('m')]));
    expect(world.queue.counts.find).toBe(1);
    await world.run(() => first.reload('m'));
    expect(world.queue.counts.find).toBe(1);
  });

  test("continues a wait until 'accepted' as one wait.", async () => {
    const world = createWorld();
    const accepted = await world.run(() => world.start().reload('m', { until: 'accepted' }));
    expect(accepted).toMatchObject({ status: 'processing', requests: 1 });
    await world.run(() => world.sleep(60_000));
    expect(world.emulator.requests).toHaveLength(1);
    const outcome = await world.run(() => world.start().reload('m'));
    expect(outcome).toMatchObject({ evidence: 'change', requests: 1 });
    expect(world.sentAt()).toEqual([0, 128]);
  });
});

describe('One call', () => {
  test.each<[string, (signal: AbortSignal) => Options, string]>([
    ['that reaches its deadline', () => ({ timeoutMs: 60_000 }), 'wait_timeout'],
    ['that aborts', (signal) => ({ signal }), 'aborted'],
  ])('%s ends alone.', async (_, options, code) => {
    const world = createWorld();
    const client = world.start();
    const stop = new AbortController();
    const [own, other, elsewhere] = await world.run(async () => {
      setTimeout(() => stop.abort(), 60_000);
      const ending = endOf(client.reload('m', options(stop.signal)));
      const going = [endOf(client.reload('m')), endOf(world.start().reload('m'))];
      expect(await ending).toBe(code);
      expect(world.now()).toBe(60);
      return [await ending, ...(await Promise.all(going))];
    });
    expect([own, other, elsewhere]).toEqual([code, 'change', 'change']);
  });

  test('that ends early has the outcome of what is known, and the reason as its cause.', async () => {
    const world = createWorld();
    const stop = new AbortController();
    const error = await world.run(async () => {
      setTimeout(() => stop.abort('enough'), 5000);
      return world
        .start()
        .reload('m', { signal: stop.signal })
        .catch((thrown: unknown) => thrown);
    });
    expect(error).toMatchObject({
      code: 'aborted',
      cause: 'enough',
      outcome: { status: 'processing', requests: 1, elapsedMs: 5000, firstStatus: 'processing' },
    });
  });

  test('has the code of the last failure if its deadline passes before acceptance.', async () => {
    const world = createWorld();
    const end = await world.run(() =>
      endOf(world.start().reload('server-error', { timeoutMs: 50_000 })),
    );
    expect(end).toBe('server_error');
  });

  test('ends immediately if the API requests a longer wait than it has left.', async () => {
    const world = createWorld({ queueLimit: 0 });
    const end = await world.run(() => endOf(world.start().reload('m', { timeoutMs: 20_000 })));
    expect(end).toBe('rate_limited');
    expect(world.now()).toBeLessThan(1);
  });

  test('is ended by an exception in its onReply; other calls go on.', async () => {
    const world = createWorld();
    const client = world.start();
    const ends = await world.run(() =>
      Promise.all([
        endOf(client.reload('m', { onReply: () => Promise.reject(new Error('mine')) })),
        endOf(client.reload('m')),
      ]),
    );
    expect(ends).toEqual([new Error('mine'), 'change']);
  });
});

test('A job is polled only while somebody waits.', async () => {
  const world = createWorld({ loadTimeMs: 600_000 });
  const clients = [world.start(), world.start()];
  await world.run(() =>
    Promise.all(clients.map((client) => endOf(client.reload('m', { timeoutMs: 140_000 })))),
  );
  await world.run(() => world.sleep(3_600_000), 7_200_000);
  expect(world.sentAt()).toEqual([0, 128]);
});

test('Every process reports the events, with the numbers of its own call.', async () => {
  const world = createWorld();
  const seen: ReplyEvent[][] = [[], [], []];
  await world.run(async () => {
    const waits = [world.start().reload('m', { onReply: (event) => seen[0]?.push(event) })];
    await world.sleep(8000);
    const options = { onReply: (event: ReplyEvent) => seen[1]?.push(event) };
    waits.push(world.start().reload('m', options));
    const short = { timeoutMs: 125_000, onReply: (event: ReplyEvent) => seen[2]?.push(event) };
    await Promise.all([...waits, endOf(world.start().reload('m', short))]);
  });
  const numbers = seen.map((events) =>
    events.map((event) => [
      event.type,
      'attempt' in event && event.attempt,
      'elapsedMs' in event && event.elapsedMs,
      event.nextInMs,
    ]),
  );
  expect(numbers).toEqual([
    [
      ['reply', 1, 40, 128_000],
      ['reply', 2, 128_080, null],
    ],
    [
      ['waiting', false, false, 120_040],
      ['reply', 1, 120_081, null],
    ],
    [
      ['waiting', false, false, 120_040],
      ['reply', 1, 120_081, null],
    ],
  ]);
});

test('A call whose job waits for a slot reports it once, in every process, and then its replies.', async () => {
  const world = createWorld({ success: 'blocking' });
  const seen: string[][] = [[], []];
  await world.run(async () => {
    const busy = world.start({ concurrency: 1 }).reload('first');
    await world.sleep(100);
    const waits = seen.map((events) =>
      world.start({ concurrency: 1 }).reload('second', {
        onReply: (event) => {
          const { modelId, nextInMs } = event;
          const what = event.type === 'waiting' ? event.reason : event.status;
          events.push(`${modelId} ${what} ${nextInMs}`);
        },
      }),
    );
    await Promise.all([busy, ...waits]);
  });
  expect(seen).toEqual([
    ['second slot null', 'second success null'],
    ['second slot null', 'second success null'],
  ]);
});

test('A call that joins during the interval reports the pause, as in the core.', async () => {
  const world = createWorld({ loaded: ['m'] });
  const seen: ReplyEvent[] = [];
  await world.run(() => world.start().reload('m'));
  await world.run(() => world.sleep(10_000));
  await world.run(() =>
    world.start().reload('m', { maxAgeMs: 0, onReply: (event) => seen.push(event) }),
  );
  expect(seen.map((event) => (event.type === 'waiting' ? event.reason : event.status))).toEqual([
    'pause',
    'success',
  ]);
});

describe('A failure of the account', () => {
  test.each([
    ['unauthorized', 401, 'Invalid API key'],
    ['payment_required', 402, 'Insufficient credits'],
  ])(
    '%s ends all calls of all processes; a later call sends a request.',
    async (code, status, message) => {
      const text = JSON.stringify({ status: 'error', message });
      const world = createWorld({ intercept: () => ({ status, headers: {}, text }) });
      const clients = [1, 2, 3].map(() => world.start({ concurrency: 1 }));
      const ids = Array.from({ length: 20 }, (_, n) => `m${n}`);
      const ends = await world.run(() =>
        Promise.all(clients.flatMap((client) => ids.map((id) => endOf(client.reload(id))))),
      );
      expect(ends).toEqual(ends.map(() => code));
      expect(world.now()).toBeLessThan(2);
      expect(world.emulator.requests).toHaveLength(1);
      await world.run(() => world.sleep(60_000));
      expect(world.emulator.requests).toHaveLength(1);
      await world.run(() => endOf(world.start().reload('m7')));
      expect(world.emulator.requests).toHaveLength(2);
    },
  );

  test('ends a list in every process.', async () => {
    const world = createWorld({ apiKey: 'another-key' });
    const clients = [world.start(), world.start()];
    const ids = Array.from({ length: 20 }, (_, n) => `m${n}`);
    const codes = await world.run(() =>
      Promise.all(
        clients.map(async (client) => {
          const found = [];
          for await (const { error } of client.reloadMany(ids)) found.push(error?.code);
          return found;
        }),
      ),
    );
    expect(codes.flat()).toEqual(Array.from({ length: 40 }, () => 'unauthorized'));
    // Each process may have begun its next models before it received the failure.
    expect(world.emulator.requests.length).toBeLessThanOrEqual(6);
  });
});

describe('A long list', () => {
  /** Models of each process. */
  const EACH = process.env.TEST_EFFORT === 'full' ? 10 : 6;
  test.each<[string, EmulatorOptions, number, number]>([
    ['loads with an open queue', {}, 140, 0],
    ['loads if loading models fill the queue', { queue: 'loading' }, 20 * 60, 12],
    [
      'loads if the API replies only when the model is loaded',
      { success: 'blocking' },
      15 * 125,
      0,
    ],
  ])('in three processes %s.', async (_, options, maxS, max429) => {
    const world = createWorld(options);
    const clients = [1, 2, 3].map(() => world.start());
    const outcomes = await world.run(() =>
      Promise.all(
        clients.map(async (client, n) => {
          const found = [];
          const ids = Array.from({ length: EACH }, (__, k) => `m${n}-${k}`);
          for await (const outcome of client.reloadMany(ids)) found.push(outcome);
          return found;
        }),
      ),
    );
    expect(outcomes.flat().map(({ error, status }) => error?.code ?? status)).toEqual(
      Array.from({ length: 3 * EACH }, () => 'success'),
    );
    expect(world.now()).toBeLessThan(maxS);
    const rejected = world.emulator.requests.filter(({ reply }) => reply === 429);
    expect(rejected.length).toBeLessThanOrEqual(max429);
  });

  test.each(['the same', 'new'])(
    'in %s processes waits in line although the API accepted its models the day before.',
    async (which) => {
      const world = createWorld({ queue: 'loading', idleAfterMs: 3_600_000 });
      const start = () => [1, 2, 3].map(() => world.start());
      const reloadAll = (clients: FleetClient[], until: 'accepted' | 'success') =>
        clients.flatMap((client, n) =>
          Array.from({ length: 8 }, (_, k) =>
            endOf(client.reload(`m${n}-${k}`, { until, timeoutMs: 1_200_000 })),
          ),
        );
      const before = start();
      await world.run(() => Promise.all(reloadAll(before, 'accepted')));
      await world.run(() => world.sleep(24 * 3_600_000), 90_000_000);
      const { length } = world.emulator.requests;
      const ends = await world.run(() => {
        if (which === 'new') for (const client of before) void client.close();
        return Promise.all(reloadAll(which === 'new' ? start() : before, 'success'));
      });
      expect(ends).toEqual(ends.map(() => 'change'));
      const rejected = world.emulator.requests.slice(length).filter(({ reply }) => reply === 429);
      // One for every two models, as on the first day.
      expect(rejected.length).toBeLessThanOrEqual(12);
    },
  );

  test('starts a model in line as soon as another one has loaded.', async () => {
    const world = createWorld({ queue: 'loading' });
    const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
    const clients = [world.start(), world.start()];
    await world.run(() =>
      Promise.all(ids.map(async (id, n) => clients[n % 2]?.reload(id, { timeoutMs: 1_200_000 }))),
    );
    const { requests } = world.emulator;
    const rejected = requests.findIndex(({ reply }) => reply === 429);
    const next = requests.findIndex(
      ({ modelId }, n) => n > rejected && modelId === requests[rejected]?.modelId,
    );
    expect(world.sentAt()[next]).toBeLessThanOrEqual(128.3);
  });

  test('reports that its models wait in line, and ends them as rate limited if the line does not move.', async () => {
    const world = createWorld({ queueLimit: 0 });
    const reasons = new Set<string>();
    const onReply = (event: ReplyEvent) => {
      if (event.type === 'waiting') reasons.add(event.reason);
    };
    const codes = await world.run(async () => {
      const found = [];
      const ids = ['a', 'b', 'c', 'd'];
      for await (const { error } of world
        .start()
        .reloadMany(ids, { timeoutMs: 120_000, onReply })) {
        found.push(error?.code);
      }
      return found;
    });
    expect(codes).toEqual(['rate_limited', 'rate_limited', 'rate_limited', 'rate_limited']);
    expect([...reasons]).toEqual(['line']);
  });
});

describe('A wait goes on', () => {
  test('if its job is lost, with the interval and the evidence.', async () => {
    const world = createWorld({ repeat: 'refused' });
    const outcomes = await world.run(async () => {
      const waits = [world.start().reload('m'), world.start().reload('m')];
      await world.sleep(20_000);
      world.queue.flush();
      return Promise.all(waits);
    });
    expect(outcomes.map(({ evidence }) => evidence)).toEqual(['change', 'change']);
    expect(world.sentAt()).toEqual([0, 128]);
  });

  test('if the process that sent the request is killed, after the lock and the interval.', async () => {
    const world = createWorld({ success: 'blocking', repeat: 'refused' });
    const [first, second] = [world.start(), world.start()];
    const ends = await world.run(async () => {
      const waits = [endOf(first.reload('m')), endOf(second.reload('m'))];
      await world.sleep(1000);
      const killed = world.queue.killRunning();
      return [await waits[world.queue.processes[0] === killed ? 1 : 0]];
    });
    expect(ends).toEqual(['reply']);
    expect(world.sentAt()).toEqual([0, 35]);
  });

  test('if the queue cannot be reached for a while.', async () => {
    const world = createWorld();
    const end = await world.run(async () => {
      world.queue.fail(new Error('connect ECONNREFUSED 127.0.0.1:6379'));
      const waiting = endOf(world.start().reload('m'));
      await world.sleep(30_000);
      world.queue.fail(null);
      return waiting;
    });
    expect(end).toBe('change');
  });
});

test('A call whose queue cannot be reached ends at its deadline, and names Redis.', async () => {
  const world = createWorld();
  world.queue.fail(new Error('connect ECONNREFUSED 127.0.0.1:6379'));
  const error = await world.run(() =>
    world
      .start()
      .reload('m', { timeoutMs: 20_000 })
      .catch((thrown: unknown) => thrown),
  );
  expect(error).toMatchObject({
    code: 'network_error',
    message: 'm: Redis cannot be reached: connect ECONNREFUSED 127.0.0.1:6379',
    outcome: { requests: 0, elapsedMs: 20_000 },
  });
  expect(world.now()).toBe(20);
});

test('A call with a short deadline names Redis as well, although the connection only waits.', async () => {
  const world = createWorld();
  const client = world.start();
  const [process] = world.queue.processes;
  if (!process) throw new Error('There is no process.');
  process.isDead = true;
  process.onError(new Error('connect ECONNREFUSED 127.0.0.1:6379'));
  const error = await world.run(() =>
    client.reload('m', { timeoutMs: 2000 }).catch((thrown: unknown) => thrown),
  );
  expect(error).toMatchObject({
    code: 'network_error',
    message: 'm: Redis cannot be reached: connect ECONNREFUSED 127.0.0.1:6379',
    outcome: { elapsedMs: 2000 },
  });
});

test('A state of an unknown version is left as it is, for a process that knows it.', async () => {
  const world = createWorld();
  const client = world.start();
  const end = await world.run(async () => {
    const waiting = endOf(client.reload('m', { timeoutMs: 300_000 }));
    await world.sleep(1000);
    for (const job of world.queue.jobs()) job.progress.state = { v: 999, modelId: 'm' } as never;
    return waiting;
  });
  expect(end).toBe('wait_timeout');
  expect(world.sentAt()).toEqual([0]);
  expect(world.queue.jobs().map(({ progress }) => progress.state)).toEqual([
    { v: 999, modelId: 'm' },
  ]);
});

test('close ends the calls of its process as aborted, and another process continues after the interval.', async () => {
  const world = createWorld({ success: 'blocking', repeat: 'refused' });
  const clients = [world.start(), world.start()];
  const ends = await world.run(async () => {
    const waits = clients.map((client) => endOf(client.reload('m')));
    await world.sleep(10_000);
    const sender = world.queue.processes.findIndex(({ running }) => running > 0);
    await clients[sender]?.close();
    const [own, other] = await Promise.all([waits[sender], waits[1 - sender]]);
    return [own, other, await endOf(clients[sender]?.reload('m') ?? Promise.reject(new Error()))];
  });
  expect(ends).toEqual(['aborted', 'reply', 'aborted']);
  expect(world.sentAt()).toEqual([0, 45]);
});

describe("A call until 'image'", () => {
  test('shares the reload and the image with all processes, and the image is remembered.', async () => {
    const world = createWorld();
    const clients = [1, 2, 3].map(() => world.start());
    const outcomes = await world.run(() =>
      Promise.all(clients.map((client) => client.reload('m', { until: 'image' }))),
    );
    expect(outcomes.map(({ evidence, imageUrl }) => [evidence, typeof imageUrl])).toEqual([
      ['image', 'string'],
      ['image', 'string'],
      ['image', 'string'],
    ]);
    expect(world.paths()).toEqual(['model_reload', 'model_reload', 'text2img']);
    const again = await world.run(() =>
      world.start().reload('m', { until: 'image', maxAgeMs: 60_000 }),
    );
    expect(again).toMatchObject({ evidence: 'image', requests: 0 });
    expect(world.emulator.requests).toHaveLength(3);
  });

  test('requests another image for another prompt, and again later, without another reload in between.', async () => {
    const world = createWorld();
    const client = world.start();
    await world.run(() => client.reload('m', { until: 'image', imagePrompt: 'a tree' }));
    await world.run(() => client.reload('m', { until: 'image', imagePrompt: 'a stone' }));
    expect(world.paths().slice(2)).toEqual(['text2img', 'text2img']);
    await world.run(() => world.sleep(600_000));
    await world.run(() => client.reload('m', { until: 'image', imagePrompt: 'a tree' }));
    expect(world.paths().slice(4)).toEqual(['model_reload', 'text2img']);
  });

  test('sends the base model of a LoRA, and has no budget for images.', async () => {
    const world = createWorld({ loraOnly: ['style'], loaded: ['style'] });
    const client = world.start();
    const options = { until: 'image', imageBaseModel: 'flux' } as const;
    expect(await world.run(() => client.reload('style', options))).toMatchObject({
      evidence: 'image',
    });
    const first = client.reloadMany(['style'], { ...options, maxImages: 1 }).next();
    await expect(world.run(() => first)).rejects.toThrow(
      'maxImages is not available for several processes.',
    );
  });

  test('requests at most three images that never come.', async () => {
    const world = createWorld({
      drawUnloaded: 'queue',
      success: 'accepted',
      loadTimeMs: 3_000_000,
    });
    const clients = [1, 2, 3].map(() => world.start());
    await world.run(() =>
      Promise.all(
        clients.map((client) =>
          endOf(client.reload('m', { until: 'image', timeoutMs: 1_800_000 })),
        ),
      ),
    );
    expect(world.paths().filter((path) => path === 'text2img')).toHaveLength(3);
  });
});

test('All processes share one request for the list of trained models.', async () => {
  const world = createWorld({ models: ['a', 'b'] });
  const clients = [world.start(), world.start()];
  const lists = await world.run(() =>
    Promise.all(clients.map((client) => client.listTrainedModels())),
  );
  expect(lists).toEqual([
    ['a', 'b'],
    ['a', 'b'],
  ]);
  expect(world.emulator.requests).toHaveLength(1);
});

test('The key is in nothing that is stored, nor in the name of the queue.', async () => {
  const echo = JSON.stringify({ status: 'processing', message: `key ${KEY} is loading` });
  const world = createWorld({ intercept: () => ({ status: 200, headers: {}, text: echo }) });
  await world.run(() => endOf(world.start().reload('m', { timeoutMs: 140_000 })));
  expect(world.queue.stored.length).toBeGreaterThan(4);
  expect(world.queue.stored.filter((text) => text.includes(KEY))).toEqual([]);
  expect(world.queue.names[0]).toMatch(/^\{modelslab-[0-9a-f]{16}\}$/);
});

test('withModel reloads an unloaded model once for the callers of all processes.', async () => {
  const world = createWorld();
  const clients = [1, 2, 3].map(() => world.start());
  const use = () =>
    world.emulator.isLoaded('m')
      ? { status: 'success' }
      : { status: 'error', message: 'Model is not loaded' };
  const results = await world.run(() =>
    Promise.all(clients.map((client) => client.withModel('m', use))),
  );
  expect(results).toEqual([{ status: 'success' }, { status: 'success' }, { status: 'success' }]);
  expect(world.sentAt()).toEqual([0, 128]);
});

test('close ends a withModel between two runs of its use, without a request or another run.', async () => {
  const world = createWorld({ success: 'accepted' });
  const client = world.start();
  const signals: AbortSignal[] = [];
  const use = (signal: AbortSignal) => {
    signals.push(signal);
    throw new Error('Model is not loaded');
  };
  const ends = await world.run(async () => {
    const waiting = client.withModel('m', use).catch((error: unknown) => error);
    await world.sleep(10_000);
    await client.close();
    return [await waiting, await client.withModel('m', use).catch((error: unknown) => error)];
  });
  expect(ends).toMatchObject([
    { code: 'aborted', outcome: { status: 'success', elapsedMs: 10_000 } },
    { code: 'aborted' },
  ]);
  // A use that still runs is not abandoned.
  expect(signals.map(({ aborted }) => aborted)).toEqual([false, false]);
  expect(world.sentAt()).toEqual([0]);
});

test.each<[string, object, string]>([
  [
    'an inherited invalid option',
    Object.create({ apiKey: KEY, connection: {}, concurrency: 0 }),
    'concurrency must be',
  ],
  ['no options', undefined, 'connection is missing.'],
  ['no connection', { apiKey: KEY }, 'connection is missing.'],
  ['no key', { connection: {} }, 'The API key is missing.'],
  ['an unknown option', { apiKey: KEY, connection: {}, timeout: 1 }, 'Unknown option: timeout.'],
])('createClient rejects %s.', (_, options, message) => {
  expect(() => createClient(options as never)).toThrow(message);
});

test('A transport is inherited, also without a setter, but not from Object.prototype.', async () => {
  const world = createWorld();
  const inherited = vi.fn<typeof world.emulator.answer>(world.emulator.answer);
  class Options {
    apiKey = KEY;
    get transport() {
      return inherited;
    }
  }
  await world.run(() => createFleet(new Options(), world.queue.connect).reload('m'));
  expect(inherited).toHaveBeenCalled();
  const foreign = vi.fn<() => void>();
  Reflect.set(Object.prototype, 'transport', foreign);
  try {
    const fleet = createFleet({ apiKey: KEY, baseUrl: 'http://127.0.0.1:1' }, world.queue.connect);
    await world.run(() => endOf(fleet.reload('m', { timeoutMs: 100 })));
  } finally {
    Reflect.deleteProperty(Object.prototype, 'transport');
  }
  expect(foreign).not.toHaveBeenCalled();
});
