import type { Clock } from './types.ts';

/** The machine's clock. It does not jump when somebody sets the time. */
export const systemClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),

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
