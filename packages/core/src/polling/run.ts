import type { Failure } from '../errors.ts';
import { Latch } from './latch.ts';
import type { Clock } from '../transport/types.ts';

/** What ended a call before all was reached. */
export type Ending = 'deadline' | 'aborted' | Failure;

/**
 * One call of `reload`, `reloadMany` or `listTrainedModels`: its deadline, its end, and the pause
 * that a refusal for rate lays on everything in it.
 */
export interface Run {
  readonly timeoutMs: number;
  /** Shuts when the deadline passes or the caller aborts: cuts requests and sleeps. */
  readonly cut: Latch;
  /** Shuts with `cut`, and when the run is stopped: ends sleeps, lets an open request finish. */
  readonly halted: Latch;
  /** What ended it; null while it goes on. */
  ending(): Ending | null;
  remainingMs(): number;
  /** Ends everything at once, since the deadline has passed. */
  expire(): void;
  /**
   * Lets the deadline end the run by itself. The loop that asks looks to it without that; whoever
   * waits for anything else needs it.
   */
  watchDeadline(): void;
  /** No request of this run is sent before this time. */
  pausedUntil(): number;
  pause(ms: number): void;
  /** Ends everything that is not an open request. */
  stop(failure: Failure): void;
  /** Ends everything at once. */
  abort(): void;
  /** Frees what a run that is over has open. */
  close(): void;
}

export function startRun(
  clock: Clock,
  options: { timeoutMs: number; signal: AbortSignal | undefined },
): Run {
  const { timeoutMs, signal } = options;
  const deadline = clock.now() + timeoutMs;
  const cut = new Latch();
  const halted = new Latch();
  let timer: AbortController | undefined;
  let closed = false;
  let leftMs = timeoutMs;
  let pausedUntil = -Infinity;
  let ending: Ending | null = null;

  const end = (by: Ending) => {
    if (closed) return;
    ending ??= by;
    halted.shut();
    if (by === 'deadline' || by === 'aborted') cut.shut();
  };
  const onAbort = () => end('aborted');
  const expire = () => end('deadline');

  if (signal?.aborted === true) onAbort();
  signal?.addEventListener('abort', onAbort, { once: true });

  return {
    timeoutMs,
    cut,
    halted,
    ending: () => ending,
    // It never grows: a host's clock may be set back.
    remainingMs: () => (leftMs = Math.min(leftMs, deadline - clock.now())),
    expire,
    watchDeadline() {
      timer = new AbortController();
      void clock.sleep(timeoutMs, timer.signal).then(expire, expire);
    },
    pausedUntil: () => pausedUntil,
    pause(ms) {
      pausedUntil = Math.max(pausedUntil, clock.now() + ms);
    },
    stop: end,
    abort: onAbort,
    close() {
      signal?.removeEventListener('abort', onAbort);
      closed = true;
      timer?.abort();
    },
  };
}
