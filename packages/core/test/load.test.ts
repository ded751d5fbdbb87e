import {
  createEmulator,
  createVirtualClock,
  type EmulatorOptions,
  type EmulatorReply,
} from '@modelslab-reload/emulator';
import { expect, test } from 'vitest';
import { createClient, type Outcome, type ReloadManyOptions } from '../src/engine.ts';
import { isFull } from './effort.ts';
import { seeded } from './load-times.ts';

const MINUTE_MS = 60_000;
const MANY = isFull ? 2000 : 500;

/** Reloads many models of an emulated account that replies within two seconds. */
async function reloadAll(
  count: number,
  { concurrency, ...options }: ReloadManyOptions & { concurrency: number },
  emulated: EmulatorOptions,
) {
  const random = seeded(20_261_121);
  const clock = createVirtualClock(Date.parse('2026-11-21T20:15:00Z'));
  const emulator = createEmulator({ ...emulated, clock });
  let open = 0;
  let maxOpen = 0;
  const client = createClient({
    apiKey: 'demo-key',
    concurrency,
    maxRetries: 5,
    clock,
    async transport(request, signal) {
      maxOpen = Math.max(maxOpen, ++open);
      try {
        const reply = await emulator.answer(request, signal);
        await clock.sleep(2000 * random(), signal);
        return reply;
      } finally {
        open--;
      }
    },
  });

  const ids = Array.from({ length: count }, (_, at) => `model-${at}`);
  const startedAt = clock.now();
  const outcomes: Outcome[] = [];
  await clock.run(async () => {
    for await (const outcome of client.reloadMany(ids, options)) outcomes.push(outcome);
  });
  expect(outcomes.map(({ modelId }) => modelId).toSorted()).toEqual(ids.toSorted());
  return { emulator, outcomes, maxOpen, elapsedMs: clock.now() - startedAt };
}

const errorReply = (status: number, message: string, more = {}): EmulatorReply => ({
  status,
  headers: { 'content-type': 'application/json' },
  text: JSON.stringify({ status: 'error', message, ...more }),
});

test('Many models are accepted despite resets, 503s and a full queue.', async () => {
  const random = seeded(503);
  const faults = { none: 0, reset: 0, unavailable: 0, full: 0 };
  const intercept = () => {
    const share = random();
    const fault =
      share < 0.05 ? 'reset' : share < 0.1 ? 'unavailable' : share < 0.15 ? 'full' : 'none';
    faults[fault]++;
    if (fault === 'reset')
      return Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
    if (fault === 'unavailable') return errorReply(503, 'Service unavailable');
    if (fault === 'full') return errorReply(429, 'Rate limit exceeded.', { retry_after: 30 });
    return null;
  };

  const { emulator, outcomes, maxOpen, elapsedMs } = await reloadAll(
    MANY,
    { until: 'accepted', concurrency: 15, timeoutMs: 240 * MINUTE_MS },
    { queueLimit: 15, intercept },
  );

  expect(outcomes.filter(({ error }) => error !== null)).toEqual([]);
  expect(maxOpen).toBe(15);
  expect(emulator.requests.length).toBeLessThanOrEqual(1.3 * MANY);
  // Every 429 stops first requests until the next request of an accepted model would be due: 128 s.
  expect(elapsedMs).toBeLessThan(0.3 * MANY * MINUTE_MS);
  // The only 429s are the injected ones: the client never overfilled the queue itself.
  expect(emulator.requests.filter(({ reply }) => reply === 429)).toHaveLength(faults.full);
  for (const fault of [faults.reset, faults.unavailable, faults.full]) {
    expect(fault).toBeGreaterThan(0.03 * emulator.requests.length);
  }
});

test('50 models are loaded within three minutes with two open requests.', async () => {
  const { emulator, outcomes, maxOpen, elapsedMs } = await reloadAll(50, { concurrency: 2 }, {});
  expect(
    outcomes.filter(({ status, evidence }) => status !== 'success' || evidence !== 'change'),
  ).toEqual([]);
  expect(outcomes.filter(({ modelId }) => !emulator.isLoaded(modelId))).toEqual([]);
  expect(maxOpen).toBe(2);
  expect(elapsedMs).toBeLessThan(3 * MINUTE_MS);
});
