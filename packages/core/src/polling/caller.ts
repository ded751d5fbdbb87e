import { createCancellation, type Cancellation } from './cancellation.ts';
import type { Deadlines } from './deadlines.ts';
import { MAX_TIMER_MS, OVER, type Time } from './time.ts';

/** A caller in a Worker looks at the shared state this often, in milliseconds. */
export const LOOK_INTERVAL_MS = 500;

export interface CallerOptions {
  timeoutMs: number;
  /** How often all calls had been ended when the call began. */
  stops: number;
  /** Default: one of its own. */
  cancellation?: Cancellation;
  /** When the call about a list began. Default: now. */
  callStartedAt?: number;
  /** Whether `timeoutMs` begins with the first request rather than with the call. */
  isListed?: boolean;
  /** Called once when the API has answered for a listed model, or when another call has begun it. */
  onBegun?: () => void;
  /** Whether it must look by its own timer, because nothing can wake it. */
  isIsolated?: boolean;
}

/** One call that waits: its time, its cancellation, and its sleep. */
export class Caller {
  /** Monotonic milliseconds. */
  readonly startedAt: number;
  /** Milliseconds since 1970. */
  readonly startedWallMs: number;
  readonly options: CallerOptions;
  readonly cancellation: Cancellation;
  /** When `timeoutMs` began to run; null while the model of a list has not been begun. */
  begunAt: number | null;
  /** When it last looked; in a Worker a caller that has gone stops looking. */
  seenAt: number;
  /** What its `onReply` rejected with. */
  thrown: { reason: unknown } | null = null;
  /** Replies it has seen. */
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

  /** When the call began that its model belongs to. */
  get callStartedAt(): number {
    return this.options.callStartedAt ?? this.startedAt;
  }

  /** The milliseconds that it still has, if its time has begun. */
  timeLeftMs(now: number): number {
    return (this.begunAt ?? now) + this.options.timeoutMs - now;
  }

  /** Ends its sleep, or the next one where it does not sleep. */
  readonly wake = (): void => {
    if (this.#endSleep) this.#endSleep();
    else this.#isWoken = true;
  };

  /** Sleeps until a moment of the monotonic time, or until it is woken. */
  sleepUntil(at: number): Promise<void> {
    if (this.#isWoken) {
      this.#isWoken = false;
      return Promise.resolve();
    }
    const leftMs = at - this.#time.now();
    const sleepMs = Math.min(leftMs, this.options.isIsolated ? LOOK_INTERVAL_MS : MAX_TIMER_MS);
    return new Promise((resolve) => {
      const timer = sleepMs < MAX_TIMER_MS ? new AbortController() : null;
      const end = () => {
        if (this.#endSleep !== end) return;
        this.#endSleep = null;
        timer?.abort(OVER);
        resolve();
      };
      this.#endSleep = end;
      if (timer) void this.#time.sleep(Math.max(0, sleepMs), timer.signal).then(end);
    });
  }

  /** Sleeps until it is woken, at the latest until its deadline. */
  async sleepUntilWoken(deadlines: Deadlines, deadline: number): Promise<void> {
    // In a Worker nobody can wake it.
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
