import { MAX_DURATION_MS } from '../options/duration.ts';
import type { Change } from '../state/change.ts';
import type { Clock } from '../transport/types.ts';

/** Shared abort reason, so that requests and sleeps do not each create an error with a stack. */
export const OVER = new DOMException('No longer needed.', 'AbortError');

/** The last millisecond that a Date can represent. */
const MAX_WALL_MS = 8.64e15;

/** The clock of a client: monotonic milliseconds since its creation, and the wall clock for timestamps. */
export interface Time {
  /** Returns monotonic milliseconds, which start at 0 and never decrease. */
  now(): number;
  /** Returns `now` and the milliseconds since 1970. */
  moment(): Pick<Change, 'now' | 'wall'>;
  /** Resolves at a time in monotonic milliseconds, or once `signal` aborts; never rejects. */
  sleepUntil(at: number, signal: AbortSignal): Promise<void>;
}

/** Returns what a host's clock shows; null if it throws or returns no time. */
function read(source: () => number): number | null {
  try {
    const value = source();
    return typeof value === 'number' && Math.abs(value) <= MAX_WALL_MS ? value : null;
  } catch {
    return null;
  }
}

/**
 * Wraps a host's clock, which may be set back, may return anything, and whose timers may fire early. A sleep that ends
 * early is continued to its end. The end of a sleep counts as its planned end only if the clock itself has not moved.
 */
export function createTime(clock: Clock): Time {
  let elapsed = 0;
  let wall = 0;
  const readMonotonic = () => read(() => (clock.monotonicMs ? clock.monotonicMs() : clock.now()));
  let last = readMonotonic();
  const now = () => {
    const current = readMonotonic();
    if (current !== null && last !== null) elapsed += Math.max(0, current - last);
    last = current ?? last;
    return elapsed;
  };
  return {
    now,
    moment() {
      wall = read(() => clock.now()) ?? wall;
      return { now: now(), wall };
    },
    async sleepUntil(at, signal) {
      for (let before = now(); before < at && !signal.aborted; before = now()) {
        const ms = Math.min(at - before, MAX_DURATION_MS);
        try {
          await clock.sleep(ms, signal);
        } catch {
          // A host's sleep may reject when its signal aborts.
        }
        if (!signal.aborted && now() === before) elapsed = before + ms;
      }
    },
  };
}
