import type { SeenRequest } from './exchange.ts';
import { Model } from './model.ts';
import type { Settings } from './options.ts';

/** The account: its models, what is open, and what limits it. */
export class Account {
  readonly #settings: Settings;
  readonly #models = new Map<string, Model>();
  readonly #open = new Set<SeenRequest>();
  readonly #letThroughAt = new Map<string, number>();

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
  admit(seen: SeenRequest): boolean {
    this.#open.add(seen);
    if (this.#queued() <= this.#settings.queueLimit) return true;
    this.#open.delete(seen);
    return false;
  }

  close(seen: SeenRequest): void {
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
   * Whether the spam filter lets a reload call through. The window runs from the arrival of the last call it let
   * through: one that it refused does not make the next wait longer.
   */
  passesSpamFilter(modelId: string): boolean {
    if (this.#settings.repeat !== 'refused') return true;
    const now = this.#settings.clock.now();
    const before = this.#letThroughAt.get(modelId) ?? -Infinity;
    if (now - before < this.#settings.spamWindowMs) return false;
    this.#letThroughAt.set(modelId, now);
    return true;
  }
}
