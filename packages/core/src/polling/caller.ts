import { createCancellation, type Cancellation } from './cancellation.ts';
import type { Deadlines } from './deadlines.ts';
import { MAX_TIMER_MS, OVER, type Time } from './time.ts';

/** Interval at which a caller in a Worker checks the shared state, in milliseconds. */
export const LOOK_INTERVAL_MS = 500;

export interface CallerOptions {
  timeoutMs: number;
  /** The account's stop count when the call began. Later stops end the call. */
  stops: number;
  /** Default: a new one. */
  cancellation?: Cancellation;
  /** When the `reloadMany` call began, in monotonic milliseconds. Default: now. */
  callStartedAt?: number;
  /** Whether `timeoutMs` starts with the first request, because the model belongs to a list. */
  isListed?: boolean;
  /** Called at each reply that does not leave the model in line. */
  onBegun?: () => void;
  /** Whether it must check on its own timer, because nothing can wake it. */
  isIsolated?: boolean;
}

/** One waiting call: its deadline, its cancellation and its sleep. */
export class Caller {
  /** Monotonic milliseconds. */
  readonly startedAt: number;
  /** Milliseconds since 1970. */
  readonly startedWallMs: number;
  readonly options: CallerOptions;
  readonly cancellation: Cancellation;
  /** When `timeoutMs` started; null until the model of a list has started. */
  begunAt: number | null;
  /** When it last checked the shared state; in a Worker, a caller that is gone stops checking. */
  seenAt: number;
  /** What its `onReply` rejected with. */
  thrown: { reason: unknown } | null = null;
  /** Number of replies it has seen. */
  attempts = 0;
  readonly #time: Time;
  #isWoken = false;
  #endSleep: (() => void) | null = null;

  constructor(time: Time, options: CallerOptions) {
    this.#time = time;
    this.options = options;
    this.startedAt = time.now();
    this.startedWallMs = time.wallMs();
    this.begunAt = options.isListed ? null : this.startedAt;
    this.seenAt = this.startedAt;
    this.cancellation = options.cancellation ?? createCancellation();
    this.cancellation.listeners.add(this.wake);
  }

  /** When the call that its model belongs to began, in monotonic milliseconds. */
  get callStartedAt(): number {
    return this.options.callStartedAt ?? this.startedAt;
  }

  /** Returns the milliseconds until its deadline; all of `timeoutMs` if that has not started. */
  timeLeftMs(now: number): number {
    return (this.begunAt ?? now) + this.options.timeoutMs - now;
  }

  /** Ends its sleep, or the next one if it is not sleeping. */
  readonly wake = (): void => {
    if (this.#endSleep) this.#endSleep();
    else this.#isWoken = true;
  };

  /** Sleeps until a time in monotonic milliseconds, or until it is woken. */
  sleepUntil(at: number): Promise<void> {
    if (this.#isWoken) {
      this.#isWoken = false;
      return Promise.resolve();
    }
    const leftMs = at - this.#time.now();
    const sleepMs = Math.min(leftMs, this.options.isIsolated ? LOOK_INTERVAL_MS : MAX_TIMER_MS);
    return new Promise((resolve) => {
      const timer = sleepMs < MAX_TIMER_MS ? new AbortController() : null;
      const endEarly = () => {
        this.#endSleep = null;
        timer?.abort(OVER);
        resolve();
      };
      const end = () => {
        if (this.#endSleep !== endEarly) return;
        this.#endSleep = null;
        resolve();
      };
      this.#endSleep = endEarly;
      if (timer) void this.#time.sleep(Math.max(0, sleepMs), timer.signal).then(end);
    });
  }

  /** Sleeps until it is woken, or until its deadline. */
  async sleepUntilWoken(deadlines: Deadlines, deadline: number): Promise<void> {
    // In a Worker, no other caller can wake it.
    if (this.options.isIsolated) return this.sleepUntil(deadline);
    if (deadline < Infinity) deadlines.set(this.wake, deadline);
    await this.sleepUntil(Infinity);
    deadlines.delete(this.wake);
  }

  /** Stops listening to its cancellation. */
  close(): void {
    this.cancellation.listeners.delete(this.wake);
  }
}
