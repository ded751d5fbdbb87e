import type { RecordedRequest } from './exchange.ts';
import { Model } from './model.ts';
import type { Settings } from './options.ts';

/** The account: its models, what is open, and what limits it. */
export class Account {
  readonly #settings: Settings;
  readonly #models = new Map<string, Model>();
  readonly #open = new Set<RecordedRequest>();
  readonly #spamWindowStartedAt = new Map<string, number>();

  constructor(settings: Settings) {
    this.#settings = settings;
    for (const modelId of settings.loaded) this.model(modelId).load(0);
  }

  model(modelId: string): Model {
    const known = this.#models.get(modelId);
    if (known !== undefined) return known;
    const model = new Model(this.#settings.clock, this.#settings.idleAfterMs);
    this.#models.set(modelId, model);
    return model;
  }

  /** Unlike {@link model} it creates nothing. */
  loadedSince(modelId: string): number | null {
    return this.#models.get(modelId)?.loadedSince ?? null;
  }

  /** False where the queue is full; otherwise the exchange is open until {@link close}. */
  admit(seen: RecordedRequest): boolean {
    this.#open.add(seen);
    if (this.#queued() <= this.#settings.queueLimit) return true;
    this.#open.delete(seen);
    return false;
  }

  close(seen: RecordedRequest): void {
    this.#open.delete(seen);
  }

  #queued(): number {
    if (this.#settings.queue === 'open') return this.#open.size;
    const asked = new Set([...this.#open].map(({ modelId }) => modelId));
    const loadingAlone = [...this.#models].filter(
      ([modelId, model]) => model.state === 'loading' && !asked.has(modelId),
    );
    return this.#open.size + loadingAlone.length;
  }

  /**
   * Returns whether the spam filter accepts a reload call. The window runs from the arrival of the last accepted
   * call, or, if it is prolonged, of the last call of any kind.
   */
  passesSpamFilter(modelId: string): boolean {
    if (this.#settings.repeat !== 'refused') return true;
    const now = this.#settings.clock.now();
    const startedAt = this.#spamWindowStartedAt.get(modelId) ?? -Infinity;
    const isAccepted = now - startedAt >= this.#settings.spamWindowMs;
    if (isAccepted || this.#settings.spamWindow === 'prolonged') {
      this.#spamWindowStartedAt.set(modelId, now);
    }
    return isAccepted;
  }
}
