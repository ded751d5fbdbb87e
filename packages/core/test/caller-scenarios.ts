import {
  createEmulator,
  createVirtualClock,
  type EmulatorOptions,
} from '@modelslab-reload/emulator';
import { createClient } from '../src/client.ts';
import { createProcessDriver } from '../src/drivers/process.ts';
import type { Transport } from '../src/engine.ts';
import { seeded } from './load-times.ts';

const IDS = ['model-a', 'model-b', 'model-c'];
export const CALLER_COUNTS = [30, 300] as const;

export interface CallerScenario {
  name: string;
  emulated: EmulatorOptions;
  /** Number of clients of one account that share no state, such as processes. */
  clients: number;
}

const loaded = IDS;
export const callerScenarios: CallerScenario[] = [
  { name: 'default', emulated: {}, clients: 1 },
  { name: 'models already loaded', emulated: { loaded }, clients: 1 },
  { name: 'success: accepted', emulated: { success: 'accepted' }, clients: 1 },
  { name: 'success: blocking', emulated: { success: 'blocking' }, clients: 1 },
  { name: 'repeat: restarts', emulated: { repeat: 'restarts' }, clients: 1 },
  { name: 'repeat: refused', emulated: { repeat: 'refused' }, clients: 1 },
  {
    name: 'repeat: refused, models already loaded',
    emulated: { repeat: 'refused', loaded },
    clients: 1,
  },
  { name: 'queue: loading', emulated: { queue: 'loading' }, clients: 1 },
  { name: 'repeat: refused', emulated: { repeat: 'refused' }, clients: 2 },
  {
    name: 'repeat: refused, spamWindow: prolonged',
    emulated: { repeat: 'refused', spamWindow: 'prolonged' },
    clients: 2,
  },
  {
    name: 'repeat: refused, spamWindow: prolonged',
    emulated: { repeat: 'refused', spamWindow: 'prolonged' },
    clients: 4,
  },
];

export interface CallerResult {
  requests: number;
  rateLimited: number;
  failed: number;
  /** Seconds until the slowest caller has its outcome. */
  slowest: number;
}

/** Reloads three models from many callers at the same time, spread over the clients. */
export async function playCallers(
  { emulated, clients }: CallerScenario,
  count: number,
): Promise<CallerResult> {
  const startedAt = Date.parse('2026-11-21T20:15:00Z');
  const clock = createVirtualClock(startedAt);
  const emulator = createEmulator({ ...emulated, clock });
  let rateLimited = 0;
  const transport: Transport = async (request, signal) => {
    const reply = await emulator.answer(request, signal);
    if (reply.text.includes('Rate limit')) rateLimited++;
    return reply;
  };
  const all = Array.from({ length: clients }, (_, at) =>
    createClient(
      { apiKey: 'demo-key', transport, clock },
      { createDriver: createProcessDriver, random: seeded(at) },
    ),
  );
  let failed = 0;
  await clock.run(() =>
    Promise.all(
      Array.from({ length: count }, async (_, at) => {
        const client = all[Math.floor(at / IDS.length) % clients];
        await client?.reload(IDS[at % IDS.length] ?? '').catch(() => failed++);
      }),
    ),
  );
  return {
    requests: emulator.requests.length,
    rateLimited,
    failed,
    slowest: (clock.now() - startedAt) / 1000,
  };
}

export const CALLER_HEAD = [
  'Scenario',
  'Clients',
  ...CALLER_COUNTS.flatMap((count) => [
    `Requests of ${count}`,
    'Refused',
    'Failed callers',
    'Slowest s',
  ]),
];

/** Returns the row of a scenario in the table. */
export function callerRow({ name, clients }: CallerScenario, results: readonly CallerResult[]) {
  return [
    name,
    clients,
    ...results.flatMap(({ requests, rateLimited, failed, slowest }) => [
      requests,
      rateLimited,
      failed,
      Math.round(slowest),
    ]),
  ];
}

export const callerIntroduction = `## Many callers

${CALLER_COUNTS.join(' and ')} concurrent callers of \`reload\` for ${IDS.length} models, like request handlers that reload their model before they generate.
_Clients_: number of clients of the account that the callers are spread over; clients in different processes share no state ([several processes](fleet.md)).
_Requests_: in total. _Refused_: requests that were rate limited. _Slowest_: seconds until the last caller had its outcome.`;
