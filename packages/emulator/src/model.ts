import type { Clock } from './clock.ts';

/** One model on the inference server: unloaded at first, loading for a while, then loaded until it idles. */
export class Model {
  readonly #clock: Clock;
  readonly #idleAfterMs: number;
  readonly #waiting = new Set<AbortController>();
  /** When the latest load ends, or ended. */
  #readyAt: number | null = null;
  #usedAt = -Infinity;

  constructor(clock: Clock, idleAfterMs: number) {
    this.#clock = clock;
    this.#idleAfterMs = idleAfterMs;
  }

  get state(): 'unloaded' | 'loading' | 'loaded' {
    if (this.#readyAt === null) return 'unloaded';
    const now = this.#clock.now();
    if (now < this.#readyAt) return 'loading';
    const idleMs = now - Math.max(this.#readyAt, this.#usedAt);
    return idleMs < this.#idleAfterMs ? 'loaded' : 'unloaded';
  }

  get loadedSince(): number | null {
    return this.state === 'loaded' ? this.#readyAt : null;
  }

  /** Begins a load, or begins it again. */
  load(ms: number): void {
    this.#readyAt = this.#clock.now() + ms;
    for (const waiting of this.#waiting) waiting.abort();
  }

  use(): void {
    this.#usedAt = this.#clock.now();
  }

  /** Resolves when it no longer loads, or when the signal aborts; a load that begins again is waited for to its new end. */
  async loadingEnds(signal: AbortSignal): Promise<void> {
    while (this.state === 'loading' && !signal.aborted) {
      const nap = new AbortController();
      const wake = (): void => nap.abort();
      this.#waiting.add(nap);
      signal.addEventListener('abort', wake);
      await this.#clock.sleep((this.#readyAt ?? 0) - this.#clock.now(), nap.signal);
      signal.removeEventListener('abort', wake);
      this.#waiting.delete(nap);
    }
  }
}
