/** Time source of the emulator. A virtual clock also implements it. */
export interface Clock {
  /** Milliseconds since 1970, or since the start of a virtual clock. */
  readonly now: () => number;
  /** Resolves after `ms` milliseconds, or as soon as the signal aborts. Never rejects. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
}

// Maximum delay of a timer in Node, which fires a longer one immediately.
const MAX_TIMER_MS = 2 ** 31 - 1;

export const SYSTEM_CLOCK: Clock = {
  now: () => Date.now(),
  async sleep(ms, signal) {
    for (let left = ms; left > 0; left -= MAX_TIMER_MS) {
      if (signal?.aborted === true) return;
      await wait(signal, (wake) => {
        // The global timer, which a test runner can replace by its own; those of `node:timers` it cannot.
        const timer = setTimeout(wake, Math.min(left, MAX_TIMER_MS));
        return () => clearTimeout(timer);
      });
    }
  },
};

/** Resolves when what `start` starts wakes it, or when the signal aborts, which cancels that. */
export function wait(
  signal: AbortSignal | undefined,
  start: (wake: () => void) => () => void,
): Promise<void> {
  return new Promise((resolve) => {
    const wake = () => {
      cancel();
      signal?.removeEventListener('abort', wake);
      resolve();
    };
    const cancel = start(wake);
    signal?.addEventListener('abort', wake);
  });
}
