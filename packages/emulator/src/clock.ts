/** Time as the emulator and a simulation see it. */
export interface Clock {
  /** Milliseconds since 1970, or since whatever a virtual clock began at. */
  readonly now: () => number;
  /** Resolves after `ms` milliseconds, or early (it never rejects) when the signal aborts. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
}

// A node timer that is set further ahead than this fires at once.
const longestTimerMs = 2 ** 31 - 1;

export const realClock: Clock = {
  now: () => Date.now(),
  async sleep(ms, signal) {
    for (let left = ms; left > 0; left -= longestTimerMs) {
      if (signal?.aborted === true) return;
      await timer(Math.min(left, longestTimerMs), signal);
    }
  },
};

function timer(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const wake = (): void => {
      clearTimeout(timeout);
      signal?.removeEventListener('abort', wake);
      resolve();
    };
    const timeout = setTimeout(wake, ms);
    signal?.addEventListener('abort', wake);
  });
}
