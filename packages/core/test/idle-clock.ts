import { setImmediate, setTimeout } from 'node:timers/promises';
import { systemClock, type Clock } from '../src/index.ts';
import type { Transport } from '../src/transport/types.ts';

/** The time that a silent fault has until the request timeout is skipped; it may send something every 20 ms. */
const SILENCE_MS = 50;
const STEP_MS = 2;
const ROUNDS = 5;

/**
 * Wraps a transport; returns it with the clock of its client, which skips waits while no request is open. While one is, such
 * as that of another model, time is real: otherwise the wait of one model would be the request timeout of another, which
 * a busy machine has not connected yet. Only a fault that is silent is not waited for.
 */
export function createIdleClock(inner: Transport, isSilent: () => boolean) {
  let skippedMs = 0;
  let open = 0;
  const transport: Transport = async (request, signal) => {
    open++;
    try {
      return await inner(request, signal);
    } finally {
      open--;
    }
  };
  const clock: Clock = {
    now: () => systemClock.now() + skippedMs,
    monotonicMs: () => performance.now() + skippedMs,
    async sleep(ms, signal) {
      const startedAt = performance.now();
      const leftMs = () => startedAt + ms - performance.now();
      const mustEnd = () => leftMs() <= (isSilent() ? ms - SILENCE_MS : 0);
      const skipped = new AbortController();
      const sleeping = systemClock.sleep(ms, AbortSignal.any([signal, skipped.signal]));
      let isIdle = false;
      while (!isIdle && !signal.aborted && !mustEnd()) {
        const wasIdle = open === 0;
        await setTimeout(STEP_MS);
        // If the process stood still, timers fire before it reads what arrived meanwhile, such as the end of a connection.
        for (let round = 0; round < ROUNDS; round++) await setImmediate();
        isIdle = wasIdle && open === 0;
      }
      skipped.abort();
      await sleeping;
      if (!signal.aborted) skippedMs += Math.max(0, leftMs());
    },
  };
  return { transport, clock };
}
