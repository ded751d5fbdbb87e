import {
  createEmulator,
  createVirtualClock,
  type EmulatorOptions,
} from '@modelslab-reload/emulator';
import { expect, test } from 'vitest';
import { createClient, ReloadError, type Client, type Outcome } from '../src/engine.ts';
import {
  drawInWorld,
  imageIntroduction,
  imageRow,
  imageWorlds,
  isFalse,
  type ImageWorld,
} from './image-worlds.ts';
import { loadTimes, seeded } from './load-times.ts';
import { markdownTable } from './markdown-table.ts';

const MODELS = 200;
const DAILY_MODELS = 20;
const DAYS = 10;
const DAY_MS = 24 * 3_600_000;
const TIMEOUT_MS = 600_000;

type World = Required<Pick<EmulatorOptions, 'success' | 'repeat' | 'reloadCounts'>> & {
  load: keyof typeof loadTimes;
};

const worlds: World[] = (['loaded', 'accepted', 'blocking'] as const).flatMap((success) =>
  (['harmless', 'refused', 'restarts'] as const).flatMap((repeat) =>
    [true, false].flatMap((reloadCounts) =>
      (['narrow', 'wide', 'slow tail'] as const).map((load) => ({
        success,
        repeat,
        reloadCounts,
        load,
      })),
    ),
  ),
);

/** A world, and how many loads have begun in it. */
function enter({ load, ...world }: World) {
  const random = seeded(20_261_121);
  const clock = createVirtualClock(Date.parse('2026-11-21T20:15:00Z'));
  let loads = 0;
  const loadTimeMs = () => {
    loads++;
    return Math.round(loadTimes[load](random));
  };
  const emulator = createEmulator({ ...world, clock, loadTimeMs, queueLimit: Infinity });
  const client = createClient({ apiKey: 'demo-key', transport: emulator.answer, clock });
  /** What the client says of a model, and whether that is so. */
  const reload = async (id: string) => {
    const outcome = await outcomeOf(client, id);
    return judge(outcome, emulator.isLoaded(id));
  };
  return { clock, reload, loads: () => loads };
}

async function outcomeOf(client: Client, id: string): Promise<Outcome> {
  try {
    return await client.reload(id, { timeoutMs: TIMEOUT_MS });
  } catch (error) {
    if (ReloadError.isInstance(error) && error.outcome) return error.outcome;
    throw error;
  }
}

/**
 * `loaded`: it said so, on the evidence of a change. `unknown`: it said that its success rests on one reply
 * alone. `gave up`: it said that time ran out. `false`: anything that was not so.
 */
function judge(outcome: Outcome, isLoaded: boolean) {
  const { status, evidence, error } = outcome;
  const isOutOfTime = error?.code === 'wait_timeout' || error?.code === 'request_timeout';
  const said =
    status === 'success' && evidence === 'change' && isLoaded
      ? 'loaded'
      : status === 'success' && evidence === 'reply'
        ? 'unknown'
        : isOutOfTime && status !== 'success'
          ? 'gave up'
          : 'false';
  return { said, isLoaded, seconds: outcome.elapsedMs / 1000, requests: outcome.requests } as const;
}

async function reloadOnce(world: World) {
  const { clock, reload } = enter(world);
  const ids = Array.from({ length: MODELS }, (_, at) => `model-${at}`);
  return clock.run(() => Promise.all(ids.map(reload)));
}

/** Each model is reloaded at the same time of each day. */
async function reloadDaily(world: World) {
  const { clock, reload, loads } = enter(world);
  const ids = Array.from({ length: DAILY_MODELS }, (_, at) => `model-${at}`);
  const seen = await clock.run(async () => {
    const all = [];
    for (let day = 0; day < DAYS; day++) {
      const tomorrow = clock.sleep(DAY_MS);
      all.push(...(await Promise.all(ids.map(reload))));
      await tomorrow;
    }
    return all;
  });
  return { seen, loads: loads() / DAILY_MODELS };
}

async function observe(world: World) {
  const once = await reloadOnce(world);
  const daily = await reloadDaily(world);
  const percent = (isSo: (one: Seen) => boolean) =>
    ((100 * once.filter(isSo).length) / MODELS).toFixed(1);
  const mean = (of: (one: Seen) => number) => once.reduce((sum, one) => sum + of(one), 0) / MODELS;
  const seconds = once.map((one) => one.seconds).toSorted((a, b) => a - b);
  const row = [
    world.success,
    world.repeat,
    world.reloadCounts ? 'yes' : 'no',
    world.load,
    percent(({ said }) => said === 'loaded'),
    percent(({ said }) => said === 'unknown'),
    percent(({ said }) => said === 'gave up'),
    percent(({ said }) => said === 'false'),
    percent(({ isLoaded }) => isLoaded),
    Math.round(mean((one) => one.seconds)),
    Math.round(seconds[Math.ceil(0.95 * MODELS) - 1] ?? 0),
    mean((one) => one.requests).toFixed(2),
    daily.loads.toFixed(2),
  ];
  return { seen: [...once, ...daily.seen], row };
}

type Seen = ReturnType<typeof judge>;
const observed = new Map<World, ReturnType<typeof observe>>();
const observeOnce = (world: World) => {
  const known = observed.get(world) ?? observe(world);
  observed.set(world, known);
  return known;
};

test.each(worlds)(
  'success $success, repeat $repeat, reload counts $reloadCounts, load $load',
  async (world) => {
    const { seen } = await observeOnce(world);
    expect(seen).toHaveLength(MODELS + DAYS * DAILY_MODELS);
    for (const { said, seconds, requests } of seen) {
      expect(said).not.toBe('false');
      expect(seconds * 1000).toBeLessThanOrEqual(TIMEOUT_MS);
      expect(requests).toBeLessThanOrEqual(TIMEOUT_MS / 30_000);
    }
  },
);

const drawn = new Map<ImageWorld, ReturnType<typeof drawInWorld>>();
const drawOnce = (world: ImageWorld) => {
  const known = drawn.get(world) ?? drawInWorld(world);
  drawn.set(world, known);
  return known;
};

test.each(imageWorlds)(
  'until image: success $success, repeat $repeat, draws unloaded $drawUnloaded, load $load',
  async (world) => {
    for (const one of await drawOnce(world)) {
      expect(isFalse(one)).toBe(false);
      expect(one.pictures).toBeLessThanOrEqual(3);
      expect(one.outcome.elapsedMs).toBeLessThanOrEqual(TIMEOUT_MS);
    }
  },
);

test('the table of the worlds', async () => {
  const table = markdownTable(
    [
      'Success',
      'Asking again',
      'Reload counts',
      'Load times',
      'Loaded %',
      'Unknown %',
      'Gave up %',
      'False %',
      'In truth %',
      'Mean s',
      '95% s',
      'Requests',
      'Loads',
    ],
    (await Promise.all(worlds.map(observeOnce))).map(({ row }) => row),
  );
  const imageTable = markdownTable(
    [
      'Success',
      'Asking again',
      'Draws unloaded',
      'Load times',
      'Drawn %',
      'Gave up %',
      'False %',
      'Mean s',
      '95% s',
      'Requests',
      'Pictures',
      'at most',
    ],
    await Promise.all(imageWorlds.map(async (world) => imageRow(world, await drawOnce(world)))),
  );
  await expect(
    `${introduction}\n\n${table}\n\n${imageIntroduction}\n\n${imageTable}\n`,
  ).toMatchFileSnapshot('../../../docs/worlds.md');
});

const introduction = `# What the tool concludes in every world

Nobody has published how the reload API behaves: whether \`success\` means that a model is loaded, what asking again does
to a load, whether a reload counts as use. So the emulator makes each answer a choice, and this table has a row for every
combination, with three kinds of load times. In each, ${MODELS} unloaded models are reloaded with the default options (a deadline
of 10 minutes) on a clock that jumps, so that the hours take a second. A test makes this page and checks what must hold in
every row: nothing false is said, and no call outlasts its deadline. Nothing here was measured against the live service.

**The world.** _Success_: \`loaded\` (it comes when the model is loaded), \`accepted\` (it comes at once, while the model
still loads), \`blocking\` (the call answers only when the model is loaded). _Asking again_ while a model loads: \`harmless\`,
\`refused\` (by the spam filter, within 30 s), \`restarts\` (the load begins again, and takes a time of its own). _Reload
counts_ as use, so that the seven days begin again. _Load times_: \`narrow\` (normal, 120 s with a deviation of 10 s), \`wide\`
(log-normal, median 115 s, sigma 0.35), \`slow tail\` (narrow, but one in ten takes 200 to 500 s).

**What the tool said**, as shares of the models. _Loaded_: \`success\` on the evidence \`change\`, and the model was loaded.
_Unknown_: \`success\` on the evidence \`reply\`, which says plainly that it rests on one reply and may mean no more than
'accepted'. _Gave up_: \`wait_timeout\` or \`request_timeout\`, the time ran out. _False_: anything that was not so.
_In truth_: models that were loaded when the call ended, whatever was said.

**What it cost.** _Mean_ and _95%_: seconds until the call ended, on average and for 95 of 100. _Requests_ for a model.
_Loads_: how many times a load began for a model that was reloaded daily for ${DAYS} days.`;
