import { createClient } from '@modelslab-reload/core/engine';
import { createEmulator, createVirtualClock } from '@modelslab-reload/emulator';
import { LOADS, seeded } from './loads.mjs';
import { mean, sum } from './simulate.mjs';

/** Round-trip milliseconds, because of which the concurrency slots matter. */
const TRIP_MS = 500;

/** What fills the account's queue of 5: see the emulator. */
const QUEUES = { open: 'only open requests', loading: 'also loading models' };
const QUEUE_LIMIT = 5;

/** Measures the time until `reloadMany` has detected that a whole list is loaded, against the best possible. */
export async function reloadLists({ lists }) {
  const rows = [];
  for (const queue of Object.keys(QUEUES)) {
    for (const count of [1, 5, 20, 50]) {
      const runs = [];
      for (let nth = 0; nth < lists; nth++) runs.push(await reloadList(queue, count, nth));
      rows.push({
        queue: QUEUES[queue],
        count,
        seconds: mean(runs.map(({ took }) => took)) / 1000,
        best: mean(runs.map(({ best }) => best)) / 1000,
        requests: mean(runs.map(({ requests }) => requests)) / count,
      });
    }
  }
  return rows;
}

async function reloadList(queue, count, nth) {
  const random = seeded(1000 * count + nth);
  const loads = Object.fromEntries(
    Array.from({ length: count }, (_, at) => [`model-${at}`, LOADS.narrow.draw(random, at + 1)]),
  );
  const clock = createVirtualClock();
  const loadTimeMs = (modelId) => loads[modelId];
  const emulator = createEmulator({ clock, queue, queueLimit: QUEUE_LIMIT, loadTimeMs });
  const transport = async (request, signal) => {
    await clock.sleep(TRIP_MS / 2, signal);
    const reply = await emulator.answer(request, signal);
    await clock.sleep(TRIP_MS / 2, signal);
    return reply;
  };
  const client = createClient({ apiKey: 'demo-key', transport, clock });
  const outcomes = await clock.run(() =>
    collect(client.reloadMany(Object.keys(loads), { timeoutMs: 7_200_000 })),
  );
  if (outcomes.some(({ error }) => error)) throw new Error('A model of a list was not reached.');
  return {
    took: clock.now(),
    best: bestOf(queue, Object.values(loads)),
    requests: emulator.requests.length,
  };
}

/** Returns the time of a client that knows every load time: it starts each load as soon as the queue allows, and detects its end immediately. */
function bestOf(queue, loads) {
  const longest = Math.max(...loads);
  return TRIP_MS + (queue === 'open' ? longest : Math.max(longest, sum(loads) / QUEUE_LIMIT));
}

async function collect(items) {
  const all = [];
  for await (const item of items) all.push(item);
  return all;
}
