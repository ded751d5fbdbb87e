import { createCancellation, type Cancellation } from './cancellation.ts';
import { OVER, type Time } from './time.ts';

/** A caller in a Worker looks at the shared state this often, in milliseconds. */
export const LOOK_INTERVAL_MS = 500;
/** Beyond this many milliseconds timers of every host fire immediately. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** One call that waits: its time, its cancellation, and its sleep. */
export interface Caller {
  /** Monotonic milliseconds. */
  readonly startedAt: number;
  /** When the call began that its model belongs to. */
  readonly callStartedAt: number;
  /** Milliseconds since 1970. */
  readonly startedWallMs: number;
  readonly timeoutMs: number;
  /** How often all calls had been ended when the call began. */
  readonly stops: number;
  /** Whether it waits for one model of a list: then its time begins with the model's first request. */
  readonly isListed: boolean;
  readonly cancellation: Cancellation;
  /** When `timeoutMs` began to run; null while the model of a list has not been begun. */
  begunAt: number | null;
  /** When it last looked; in a Worker a caller that has gone stops looking. */
  seenAt: number;
  /** What its `onReply` rejected with. */
  thrown: { reason: unknown } | null;
  readonly onBegun: (() => void) | undefined;
  /** Replies it has seen. */
  attempts: number;
  /** Ends its sleep, or the next one where it does not sleep. */
  wake(): void;
  /** Sleeps until a moment of the monotonic time, or until it is woken. */
  sleepUntil(at: number): Promise<void>;
  /** Stops listening to its cancellation. */
  close(): void;
}

/** Returns the milliseconds that a caller still has, if its time has begun. */
export function timeLeftMs({ begunAt, timeoutMs }: Caller, now: number): number {
  return (begunAt ?? now) + timeoutMs - now;
}

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

export function createCaller(time: Time, options: CallerOptions): Caller {
  const {
    timeoutMs,
    stops,
    cancellation = createCancellation(),
    isListed = false,
    isIsolated,
  } = options;
  const startedAt = time.now();
  let isWoken = false;
  let endSleep: (() => void) | null = null;

  const wake = () => {
    if (endSleep) endSleep();
    else isWoken = true;
  };
  cancellation.listeners.add(wake);

  return {
    startedAt,
    callStartedAt: options.callStartedAt ?? startedAt,
    startedWallMs: time.wallMs(),
    timeoutMs,
    stops,
    isListed,
    cancellation,
    begunAt: isListed ? null : startedAt,
    seenAt: startedAt,
    thrown: null,
    onBegun: options.onBegun,
    attempts: 0,
    wake,

    sleepUntil(at) {
      if (isWoken) {
        isWoken = false;
        return Promise.resolve();
      }
      const leftMs = at - time.now();
      const sleepMs = Math.min(leftMs, isIsolated ? LOOK_INTERVAL_MS : MAX_TIMER_MS);
      return new Promise((resolve) => {
        const timer = sleepMs < MAX_TIMER_MS ? new AbortController() : null;
        const end = () => {
          if (endSleep !== end) return;
          endSleep = null;
          timer?.abort(OVER);
          resolve();
        };
        endSleep = end;
        if (timer) void time.sleep(Math.max(0, sleepMs), timer.signal).then(end);
      });
    },

    close() {
      cancellation.listeners.delete(wake);
    },
  };
}
