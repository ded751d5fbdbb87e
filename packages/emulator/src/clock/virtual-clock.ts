import { setImmediate } from 'node:timers/promises';
import { wait, type Clock } from './clock.ts';
import { createTimerQueue } from './timer-queue.ts';

export interface VirtualClock extends Clock {
  /**
   * Runs a task in virtual time and returns its result. When nothing is left to do at the current time, the clock jumps
   * to the earliest sleeper, so minutes pass in microseconds.
   *
   * It waits only for sleeps on this clock, and does not wait for real sockets.
   *
   * @throws what the task throws, or an Error if the task hangs, that is, if it has not ended and nothing sleeps
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
    // Only its signal ends an endless sleep, so the clock must not jump to its time.
    const at = ms === Infinity ? null : time + Math.max(0, ms || 0);
    return wait(signal, (wake) => (at === null ? () => {} : timers.add(at, wake)));
  }

  async function run<T>(task: () => Promise<T>): Promise<T> {
    let isDone = false;
    const running = Promise.resolve(task()).finally(() => (isDone = true));
    // It is awaited at the end; until then its failure must not count as unhandled.
    running.catch(() => {});

    for (;;) {
      await setImmediate();
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
