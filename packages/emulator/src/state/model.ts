import type { ResolvedOptions } from '../options.ts';

export type Model = ReturnType<typeof createModel>;

/** Creates a model: unloaded at first, loading for a while, then loaded until it has been idle too long. */
export function createModel({ clock, idleAfterMs, loadTimeMs }: ResolvedOptions, modelId: string) {
  /** Is aborted when the load restarts. */
  let restart = new AbortController();
  /** End of the latest load. */
  let readyAt: number | null = null;
  let usedAt = -Infinity;

  const model = {
    get state(): 'unloaded' | 'loading' | 'loaded' {
      if (readyAt === null) return 'unloaded';
      const now = clock.now();
      if (now < readyAt) return 'loading';
      const idleMs = now - Math.max(readyAt, usedAt);
      return idleMs < idleAfterMs ? 'loaded' : 'unloaded';
    },
    /** End of the latest load; null while the model is not loaded. */
    get loadedSince() {
      return model.state === 'loaded' ? readyAt : null;
    },
    /** Starts or restarts a load. Returns whether it takes time, which may have passed by the next line. */
    load(ms = typeof loadTimeMs === 'function' ? loadTimeMs(modelId) : loadTimeMs): boolean {
      readyAt = clock.now() + ms;
      restart.abort();
      restart = new AbortController();
      return ms > 0;
    },
    /** Restarts the idle time. */
    use(): void {
      usedAt = clock.now();
    },
    /** Resolves once the model has finished loading, even if the load restarts, or when the signal aborts. */
    async waitUntilLoaded(signal: AbortSignal): Promise<void> {
      while (model.state === 'loading' && !signal.aborted) {
        const leftMs = (readyAt ?? 0) - clock.now();
        await clock.sleep(leftMs, AbortSignal.any([signal, restart.signal]));
      }
    },
  };
  return model;
}
