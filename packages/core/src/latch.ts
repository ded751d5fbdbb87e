/**
 * Shuts once, for good. It stands in for an AbortSignal inside the core: hundreds of models wait on
 * the one end of a list, and Node warns of a leak at the eleventh listener of a signal.
 */
export class Latch {
  #shut = false;
  readonly #listeners = new Set<() => void>();

  get isShut(): boolean {
    return this.#shut;
  }

  shut(): void {
    this.#shut = true;
    for (const listener of this.#listeners) listener();
    this.#listeners.clear();
  }

  /** What `promise` gives, or null as soon as the latch shuts. Keeps hold of neither afterwards. */
  race<Result>(promise: Promise<Result>): Promise<Result | null> {
    if (this.#shut) {
      promise.catch(() => {});
      return Promise.resolve(null);
    }
    return new Promise((resolve, reject) => {
      const onShut = () => resolve(null);
      this.#listeners.add(onShut);
      promise.then(resolve, reject).finally(() => this.#listeners.delete(onShut));
    });
  }
}
