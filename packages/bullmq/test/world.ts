import { createEmulator, type EmulatorOptions } from '@modelslab-reload/emulator';
import { vi } from 'vitest';
import { createFleet, type FleetOptions } from '../src/client.ts';
import { createFakeQueue } from './fake-queue.ts';

export const KEY = 'kT9xQ2mZ7wLr4VbN8pYc';

/** The emulator and several processes with one key, over a fake queue, on vitest's timers. */
export function createWorld(emulatorOptions: EmulatorOptions = {}) {
  vi.useFakeTimers();
  const emulator = createEmulator({ apiKey: KEY, latencyMs: 40, ...emulatorOptions });
  const queue = createFakeQueue();
  const startedAt = Date.now();
  return {
    emulator,
    queue,
    /** Starts a process. */
    start: (options: Partial<FleetOptions> = {}) =>
      createFleet({ apiKey: KEY, transport: emulator.answer, ...options }, queue.connect),
    /** Runs `action`, and the timers until it ends. */
    async run<Result>(action: () => Promise<Result>, maxMs = 3_600_000): Promise<Result> {
      const over = new AbortController();
      const result = action().finally(() => over.abort());
      result.catch(() => {});
      const endsAt = Date.now() + maxMs;
      while (!over.signal.aborted && Date.now() < endsAt) {
        // Some steps only need promises.
        if (vi.getTimerCount() > 0) await vi.advanceTimersToNextTimerAsync();
        else await vi.advanceTimersByTimeAsync(1);
      }
      if (!over.signal.aborted) throw new Error(`Not over after ${maxMs} ms.`);
      return result;
    },
    sleep: (ms: number) => new Promise((resolve) => setTimeout(resolve, ms)),
    now: () => (Date.now() - startedAt) / 1000,
    /** The last part of each request's path. */
    paths: () =>
      emulator.requests.map(({ path }) => path.split('/').findLast((part) => !/^\d*$/.test(part))),
    /** Seconds of the requests, to tenths. */
    sentAt: () => emulator.requests.map(({ at }) => Math.round((at - startedAt) / 100) / 10),
  };
}
