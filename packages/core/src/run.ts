import type { Failure } from './failure.ts';
import { Latch } from './latch.ts';
import type { Clock } from './ports.ts';

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
  /** No request of this run is sent before this time. */
  pausedUntil(): number;
  pause(ms: number): void;
  /** Ends everything that is not an open request. */
  stop(failure: Failure): void;
  /** Ends everything at once. */
  abort(): void;
  /** Frees the timer and the listener of a run that is over. */
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
  const closed = new AbortController();
  let pausedUntil = -Infinity;
  let ending: Ending | null = null;

  const end = (by: Ending) => {
    if (closed.signal.aborted) return;
    ending ??= by;
    halted.shut();
    if (by === 'deadline' || by === 'aborted') cut.shut();
  };
  const onAbort = () => end('aborted');
  const onDeadline = () => end('deadline');

  if (signal?.aborted === true) onAbort();
  signal?.addEventListener('abort', onAbort, { once: true });
  void clock.sleep(timeoutMs, closed.signal).then(onDeadline, onDeadline);

  return {
    timeoutMs,
    cut,
    halted,
    ending: () => ending,
    remainingMs: () => deadline - clock.now(),
    pausedUntil: () => pausedUntil,
    pause(ms) {
      pausedUntil = Math.max(pausedUntil, clock.now() + ms);
    },
    stop: end,
    abort: onAbort,
    close() {
      signal?.removeEventListener('abort', onAbort);
      closed.abort();
    },
  };
}
