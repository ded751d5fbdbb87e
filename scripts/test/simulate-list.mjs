// Reloads a list of models in one scenario of the emulator, on a virtual clock.
import { createClient } from '@modelslab-reload/core';
import { createEmulator, createVirtualClock } from '@modelslab-reload/emulator';

const MINUTE_MS = 60_000;

/**
 * @param {{ models: number, unloaded: number, success: string, queue: string, repeat?: string,
 *   concurrency?: number, until?: string }} options
 * @returns the result; `minutes` is 0 for a run of less than 10 s
 */
export async function simulateList({
  models,
  unloaded,
  concurrency = 2,
  until = 'accepted',
  ...scenario
}) {
  const clock = createVirtualClock(Date.parse('2026-11-21T04:23:00Z'));
  const ids = Array.from({ length: models }, (_, at) => `model-${at}`);
  const emulator = createEmulator({ ...scenario, clock, loaded: ids.slice(unloaded) });
  const client = createClient({
    apiKey: 'demo-key',
    concurrency,
    transport: emulator.answer,
    clock,
  });
  const startedAt = clock.now();
  const outcomes = [];
  await clock.run(async () => {
    for await (const outcome of client.reloadMany(ids, { until })) outcomes.push(outcome);
  });
  const elapsedMs = clock.now() - startedAt;
  // Accepted models continue to load.
  const begun = new Set(
    emulator.requests.filter(({ reply }) => reply === 200).map((r) => r.modelId),
  );
  return {
    minutes: elapsedMs < 10_000 ? 0 : Math.ceil(elapsedMs / MINUTE_MS),
    failed: outcomes.filter(({ error }) => error !== null),
    outcomes: outcomes.length,
    begun: begun.size,
  };
}
