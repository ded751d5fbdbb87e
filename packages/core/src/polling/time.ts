import type { Clock } from '../transport/types.ts';

/** Given as the reason of an abort, it spares an error with its stack for every request and sleep. */
export const OVER = new DOMException('No longer needed.', 'AbortError');

/** Beyond this many milliseconds timers of every host fire immediately. */
export const MAX_TIMER_MS = 2 ** 31 - 1;

/** Time as the core sees it: monotonic milliseconds for every duration, the wall clock for timestamps. */
export interface Time {
  /** Monotonic milliseconds; never goes back. */
  now(): number;
  /** Milliseconds since 1970, for timestamps alone. */
  wallMs(): number;
  /** Resolves after `ms` milliseconds, or once `signal` aborts; never rejects. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/**
 * Wraps a host's clock. A clock without `monotonicMs` may be set back while somebody waits, and a
 * timer may fire a moment early: a sleep that has ended moves the time to its end in either case.
 */
export function createTime(clock: Clock): Time {
  let latest = -Infinity;
  const now = () => {
    latest = Math.max(latest, clock.monotonicMs?.() ?? clock.now());
    return latest;
  };
  return {
    now,
    wallMs: () => clock.now(),
    async sleep(ms, signal) {
      const end = now() + ms;
      try {
        await clock.sleep(ms, signal);
      } catch {
        // A host's sleep may reject when its signal aborts.
      }
      if (!signal.aborted) latest = Math.max(latest, end);
    },
  };
}
