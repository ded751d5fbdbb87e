import type { Clock } from '../transport/types.ts';

/** Shared abort reason, so that requests and sleeps do not each create an error with a stack. */
export const OVER = new DOMException('No longer needed.', 'AbortError');

/** Maximum delay of a host's timer, in milliseconds; a longer one fires immediately. */
export const MAX_TIMER_MS = 2 ** 31 - 1;

/** The core's clock: monotonic milliseconds for durations, the wall clock for timestamps. */
export interface Time {
  /** Returns monotonic milliseconds, which never decrease. */
  now(): number;
  /** Milliseconds since 1970, only for timestamps. */
  wallMs(): number;
  /** Resolves after `ms` milliseconds, or once `signal` aborts; never rejects. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/**
 * Wraps a host's clock. A clock without `monotonicMs` may be set back during a sleep, and a timer may fire
 * slightly early. In both cases the end of a sleep advances the time to the planned end.
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
