import type { Clock } from '../transport/types.ts';

/** The clock of the machine: the wall clock for timestamps, the monotonic clock for durations. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),

  sleep: (ms, signal) =>
    new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      if (signal.aborted) end();
      else signal.addEventListener('abort', end, { once: true });
    }),
};
