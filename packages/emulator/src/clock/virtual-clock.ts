import type { Clock } from './clock.ts';
import { createTimerQueue } from './timer-queue.ts';

export interface VirtualClock extends Clock {
  /**
   * Runs a task in virtual time and returns its result. Whenever nothing is left to do at the present moment, the time
   * jumps to the earliest sleeper, so that minutes pass in microseconds.
   *
   * It waits only for what sleeps on this clock. A task that waits for a real socket is overtaken.
   *
   * @throws what the task throws, or an Error if the task has not ended and nobody sleeps: then it hangs
   */
  readonly run: <T>(task: () => Promise<T>) => Promise<T>;
}

/**
 * Creates a clock that stands still until {@link VirtualClock.run} moves it.
 *
 * @param startAt first value of `now()`, in milliseconds; default 0
 */
export function createVirtualClock(startAt = 0): VirtualClock {
  const timers = createTimerQueue();
  let time = startAt;

  function sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = () => {
        cancel();
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      // Only its signal ends an endless sleep: its time never comes, so the clock must not jump to it.
      const cancel = ms === Infinity ? () => {} : timers.add(time + Math.max(0, ms || 0), wake);
      signal?.addEventListener('abort', wake);
    });
  }

  async function run<T>(task: () => Promise<T>): Promise<T> {
    let isDone = false;
    const running = (async () => {
      try {
        return await task();
      } finally {
        isDone = true;
      }
    })();
    // It is awaited at the end; until then its failure must not count as unhandled.
    running.catch(() => {});

    for (;;) {
      await settleMicrotasks();
      if (isDone) return running;
      const timer = timers.take();
      if (timer === null) {
        throw new Error(`Nothing is left to wait for at ${time} ms, and the task has not ended.`);
      }
      time = timer.at;
      // One at a time, like Node's timers, because the first may cancel the second.
      timer.wake();
    }
  }

  return { now: () => time, sleep, run };
}

function settleMicrotasks(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
