import {
  createEmulator,
  createVirtualClock,
  type EmulatorOptions,
} from '@modelslab-reload/emulator';
import { createClient } from '../src/client.ts';
import { createProcessDriver } from '../src/drivers/process.ts';
import { isFull, isTried } from './effort.ts';
import { loadTimes, seeded } from './load-times.ts';

export type ListScenario = Required<Pick<EmulatorOptions, 'success' | 'repeat' | 'queue'>> & {
  load: keyof typeof loadTimes;
};

const QUEUE_LIMIT = 5;
const DEFAULT_CONCURRENCY = 2;
export const LIST_SIZES = isFull ? [60, 200] : [60];

/** Most scenarios with the spam filter are omitted, because their rows equal those of `harmless`. */
export const listScenarios: ListScenario[] = (
  [
    ['loaded', 'harmless'],
    ['loaded', 'refused'],
    ['loaded', 'restarts'],
    ['accepted', 'harmless'],
    ['blocking', 'harmless'],
    ['blocking', 'restarts'],
  ] as const
).flatMap(([success, repeat], at) =>
  (['open', 'loading'] as const).flatMap((queue, ofQueue) =>
    (['narrow', 'wide', 'slow tail'] as const)
      .filter((_, ofLoad) => isTried(at, ofQueue, ofLoad))
      .map((load) => ({ success, repeat, queue, load })),
  ),
);

export interface ListResult {
  count: number;
  reached: number;
  rateLimited: number;
  requests: number;
  seconds: number;
  /** Seconds for a client that knows every load time in advance. */
  bestSeconds: number;
}

/** Reloads a list of unloaded models with the default options. */
export async function playList(scenario: ListScenario, count: number): Promise<ListResult> {
  const { load, ...emulated } = scenario;
  const random = seeded(count);
  const startedAt = Date.parse('2026-11-21T20:15:00Z');
  const clock = createVirtualClock(startedAt);
  const loads = new Map<string, number>();
  const loadTimeMs = (id: string) => {
    const ms = Math.round(loadTimes[load](random));
    if (!loads.has(id)) loads.set(id, ms);
    return ms;
  };
  const emulator = createEmulator({ ...emulated, clock, loadTimeMs, queueLimit: QUEUE_LIMIT });
  const client = createClient(
    { apiKey: 'demo-key', transport: emulator.answer, clock },
    { createDriver: createProcessDriver, random: seeded(20_261_123) },
  );
  const ids = Array.from({ length: count }, (_, at) => `model-${at}`);
  let reached = 0;
  await clock.run(async () => {
    for await (const { error } of client.reloadMany(ids)) if (error === null) reached++;
  });
  return {
    count,
    reached,
    rateLimited: emulator.requests.filter(({ reply }) => reply === 429).length,
    requests: emulator.requests.length,
    seconds: (clock.now() - startedAt) / 1000,
    bestSeconds: computeBestMs(scenario, [...loads.values()]) / 1000,
  };
}

/** Returns the time for a client that knows every load time, in milliseconds. */
function computeBestMs({ success, queue }: ListScenario, loads: readonly number[]): number {
  const isUnlimited = queue === 'open' && success !== 'blocking';
  const workers =
    success === 'blocking' ? DEFAULT_CONCURRENCY : isUnlimited ? Infinity : QUEUE_LIMIT;
  if (workers === Infinity) return success === 'accepted' ? 0 : Math.max(...loads);
  const freeAt = Array.from({ length: workers }, () => 0);
  let last = 0;
  for (const load of loads) {
    const earliest = freeAt.indexOf(Math.min(...freeAt));
    const begun = freeAt[earliest] ?? 0;
    freeAt[earliest] = begun + load;
    last = Math.max(last, success === 'accepted' ? begun : begun + load);
  }
  return last;
}

export const LIST_HEAD = [
  'Success',
  'Repeat',
  'Queue',
  'Load times',
  ...LIST_SIZES.flatMap((count) => [
    `Reached of ${count}`,
    'Minutes',
    'Best',
    'Refused',
    'Requests',
  ]),
];

/** Returns the row of a scenario in the table. */
export function listRow(scenario: ListScenario, results: readonly ListResult[]) {
  return [
    scenario.success,
    scenario.repeat,
    scenario.queue,
    scenario.load,
    ...results.flatMap(({ count, reached, seconds, bestSeconds, rateLimited, requests }) => [
      reached,
      (seconds / 60).toFixed(1),
      (bestSeconds / 60).toFixed(1),
      rateLimited,
      (requests / count).toFixed(2),
    ]),
  ];
}

export const listIntroduction = `## Lists

Each list of ${LIST_SIZES.join(' or ')} unloaded models is reloaded by one call of \`reloadMany\` with the default options: two slots, and 10 minutes
for each model from its first request. The account's queue accepts ${QUEUE_LIMIT} requests. _Queue_: what fills it, only \`open\` requests or
also \`loading\` models. _Minutes_: until the last outcome. _Best_: minutes for a client that knows every load time in advance.
_Refused_: requests that returned 429. _Requests_: for each model.`;
