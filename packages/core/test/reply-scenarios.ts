import {
  createEmulator,
  createVirtualClock,
  type EmulatorOptions,
} from '@modelslab-reload/emulator';
import { createClient, ReloadError, type Client, type Outcome } from '../src/engine.ts';
import { isFull, isTried } from './effort.ts';
import { loadTimes, seeded } from './load-times.ts';

const MODELS = isFull ? 200 : 10;
const DAILY_MODELS = isFull ? 20 : 2;
/** A model that is not used is unloaded after seven. */
const DAYS = isFull ? 10 : 8;
const DAY_MS = 24 * 3_600_000;
export const TIMEOUT_MS = 600_000;
/** Outcomes of one scenario: each model once, then the daily ones each day. */
export const OUTCOMES = MODELS + DAYS * DAILY_MODELS;

export type ReplyScenario = Required<
  Pick<EmulatorOptions, 'success' | 'repeat' | 'reloadCounts'>
> & { load: keyof typeof loadTimes };

export const replyScenarios: ReplyScenario[] = (
  ['loaded', 'accepted', 'blocking'] as const
).flatMap((success, ofSuccess) =>
  (['harmless', 'refused', 'restarts'] as const).flatMap((repeat, ofRepeat) =>
    [true, false].flatMap((reloadCounts, ofCount) =>
      (['narrow', 'wide', 'slow tail'] as const)
        .filter((_, ofLoad) => isTried(ofSuccess, ofRepeat, ofCount, ofLoad))
        .map((load) => ({ success, repeat, reloadCounts, load })),
    ),
  ),
);

/** The result reported for one model, whether it is true, and its cost. */
export interface ReplyResult {
  /**
   * `loaded`: success with the evidence `change`. `unknown`: success with the evidence `reply`.
   * `gave up`: a timeout. `false`: anything that is not true.
   */
  reported: 'loaded' | 'unknown' | 'gave up' | 'false';
  isLoaded: boolean;
  seconds: number;
  requests: number;
}

function evaluate(outcome: Outcome, isLoaded: boolean): ReplyResult {
  const { status, evidence, error } = outcome;
  const isOutOfTime = error?.code === 'wait_timeout' || error?.code === 'request_timeout';
  const isSuccess = status === 'success';
  let reported: ReplyResult['reported'] = 'false';
  if (isSuccess && evidence === 'change' && isLoaded) reported = 'loaded';
  else if (isSuccess && evidence === 'reply') reported = 'unknown';
  else if (isOutOfTime && !isSuccess) reported = 'gave up';
  return { reported, isLoaded, seconds: outcome.elapsedMs / 1000, requests: outcome.requests };
}

/** Starts a scenario and counts its loads. The queue is unlimited, so that no model waits for another. */
function startScenario({ load, ...scenario }: ReplyScenario) {
  const random = seeded(20_261_121);
  const clock = createVirtualClock(Date.parse('2026-11-21T20:15:00Z'));
  let loads = 0;
  const loadTimeMs = () => {
    loads++;
    return Math.round(loadTimes[load](random));
  };
  const emulator = createEmulator({ ...scenario, clock, loadTimeMs, queueLimit: Infinity });
  const client = createClient({
    apiKey: 'demo-key',
    transport: emulator.answer,
    clock,
    concurrency: MODELS,
  });
  const reload = async (id: string) => evaluate(await outcomeOf(client, id), emulator.isLoaded(id));
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

async function reloadOnce(scenario: ReplyScenario) {
  const { clock, reload } = startScenario(scenario);
  const ids = Array.from({ length: MODELS }, (_, at) => `model-${at}`);
  return clock.run(() => Promise.all(ids.map(reload)));
}

/** Reloads each model at the same time of each day. */
async function reloadDaily(scenario: ReplyScenario) {
  const { clock, reload, loads } = startScenario(scenario);
  const ids = Array.from({ length: DAILY_MODELS }, (_, at) => `model-${at}`);
  const results = await clock.run(async () => {
    const all = [];
    for (let day = 0; day < DAYS; day++) {
      const tomorrow = clock.sleep(DAY_MS);
      all.push(...(await Promise.all(ids.map(reload))));
      await tomorrow;
    }
    return all;
  });
  return { results, loads: loads() / DAILY_MODELS };
}

/** Plays a scenario; returns its results and its row in the table. */
export async function playReplies(scenario: ReplyScenario) {
  const once = await reloadOnce(scenario);
  const daily = await reloadDaily(scenario);
  const percent = (isCounted: (one: ReplyResult) => boolean) =>
    ((100 * once.filter(isCounted).length) / MODELS).toFixed(1);
  const mean = (valueOf: (one: ReplyResult) => number) =>
    once.reduce((sum, one) => sum + valueOf(one), 0) / MODELS;
  const seconds = once.map((one) => one.seconds).toSorted((a, b) => a - b);
  const row = [
    scenario.success,
    scenario.repeat,
    scenario.reloadCounts ? 'yes' : 'no',
    scenario.load,
    percent(({ reported }) => reported === 'loaded'),
    percent(({ reported }) => reported === 'unknown'),
    percent(({ reported }) => reported === 'gave up'),
    percent(({ reported }) => reported === 'false'),
    percent(({ isLoaded }) => isLoaded),
    Math.round(mean((one) => one.seconds)),
    Math.round(seconds[Math.ceil(0.95 * MODELS) - 1] ?? 0),
    mean((one) => one.requests).toFixed(2),
    daily.loads.toFixed(2),
  ];
  return { results: [...once, ...daily.results], row };
}

export const REPLY_HEAD = [
  'Success',
  'Repeat',
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
];

export const replyIntroduction = `# What the client reports in every scenario

Nobody has published how the reload API behaves: whether \`success\` means that a model is loaded, what a repeated request does
to a load, whether a reload counts as use. So the emulator has an option for each of these, and these tables have a row for every
combination, with three kinds of load times. Everything runs with the default options on a virtual clock. A test generates this
page and checks what must hold in every row. Nothing here was measured against the live API.

**The scenario.** _Success_: \`loaded\` (returned when the model is loaded), \`accepted\` (returned immediately, while the model
still loads), \`blocking\` (the API replies only when the model is loaded). _Repeat_, a request for a loading model: \`harmless\`,
\`refused\` (by the spam filter, within 30 s), \`restarts\` (the load restarts, with a new load time). _Reload counts_ as use, so that
the seven days restart. _Load times_: \`narrow\` (normal, 120 s with a deviation of 10 s), \`wide\` (log-normal, median 115 s,
sigma 0.35), \`slow tail\` (narrow, but one in ten takes 200 to 500 s).

## One model

In each scenario ${MODELS} unloaded models are reloaded, each by its own call with a deadline of 10 minutes.

**What the client reported**, as shares of the models. _Loaded_: \`success\` with the evidence \`change\`, and the model was loaded.
_Unknown_: \`success\` with the evidence \`reply\`, which may mean only 'accepted'. _Gave up_: \`wait_timeout\` or
\`request_timeout\`. _False_: anything that was not true. _In truth_: models that were loaded when the call ended, regardless of
the report.

**What it cost.** _Mean_ and _95%_: seconds until the call ended, on average and at the 95th percentile. _Requests_ for a model.
_Loads_: how many times a model was loaded in ${DAYS} days of daily reloads.`;
