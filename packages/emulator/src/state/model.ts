import type { Clock } from '../clock/clock.ts';

/**
 * A model on the inference server: unloaded at first, loading for a while, then loaded until it has been idle too long.
 */
export interface Model {
  readonly state: 'unloaded' | 'loading' | 'loaded';
  readonly loadedSince: number | null;
  /** Starts a load, or restarts it. */
  load(ms: number): void;
  /** Restarts the idle time. */
  use(): void;
  /** Resolves once the model has finished loading, even if the load restarts, or when the signal aborts. */
  waitUntilLoaded(signal: AbortSignal): Promise<void>;
}

export function createModel(clock: Clock, idleAfterMs: number): Model {
  /** Each is aborted when the load restarts. */
  const waits = new Set<AbortController>();
  /** End of the latest load. */
  let readyAt: number | null = null;
  let usedAt = -Infinity;

  function getState(): Model['state'] {
    if (readyAt === null) return 'unloaded';
    const now = clock.now();
    if (now < readyAt) return 'loading';
    const idleMs = now - Math.max(readyAt, usedAt);
    return idleMs < idleAfterMs ? 'loaded' : 'unloaded';
  }

  return {
    get state() {
      return getState();
    },
    get loadedSince() {
      return getState() === 'loaded' ? readyAt : null;
    },
    load(ms) {
      readyAt = clock.now() + ms;
      for (const wait of waits) wait.abort();
    },
    use() {
      usedAt = clock.now();
    },
    async waitUntilLoaded(signal) {
      while (getState() === 'loading' && !signal.aborted) {
        const wait = new AbortController();
        const wake = () => wait.abort();
        waits.add(wait);
        signal.addEventListener('abort', wake);
        await clock.sleep((readyAt ?? 0) - clock.now(), wait.signal);
        signal.removeEventListener('abort', wake);
        waits.delete(wait);
      }
    },
  };
}
