import type { Clock } from './clock.ts';
import { Sleepers } from './sleepers.ts';

export interface VirtualClock extends Clock {
  /**
   * Runs a task in virtual time: whenever nothing is left to do at the present moment, the time jumps to the
   * earliest sleeper, so minutes pass in microseconds. Gives what the task gives.
   *
   * Only what sleeps on this clock is waited for; a task that waits for a real socket is overtaken.
   *
   * @throws what the task throws, or an Error when the task has not ended and nobody sleeps: it hangs.
   */
  readonly run: <T>(task: () => Promise<T>) => Promise<T>;
}

/**
 * A clock that stands still until {@link VirtualClock.run} moves it.
 *
 * @param startAt what `now()` says at first, in milliseconds; default 0
 */
export function createVirtualClock(startAt = 0): VirtualClock {
  const sleepers = new Sleepers();
  let time = startAt;

  function sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        remove();
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      // An endless sleep ends by its signal alone: the time never comes, so it must not be jumped to.
      const remove =
        ms === Infinity ? () => {} : sleepers.add({ at: time + Math.max(0, ms || 0), wake });
      signal?.addEventListener('abort', wake);
    });
  }

  async function run<T>(task: () => Promise<T>): Promise<T> {
    let ended = false;
    const running = (async () => {
      try {
        return await task();
      } finally {
        ended = true;
      }
    })();
    // It is awaited at the end; until then its failure must not count as unhandled.
    running.catch(() => {});

    for (;;) {
      await immediate();
      if (ended) return running;
      const next = sleepers.earliest;
      if (next === undefined) {
        throw new Error(`Nothing is left to wait for at ${time} ms, and the task has not ended.`);
      }
      time = next.at;
      // One at a time, as with node's timers: what the first does may still cancel the second.
      next.wake();
    }
  }

  return { now: () => time, sleep, run };
}

/** By then every microtask has run. */
function immediate(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
