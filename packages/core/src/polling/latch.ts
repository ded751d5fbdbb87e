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

  /** What the first of `promises` gives, or null as soon as the latch shuts. Keeps hold of none afterwards. */
  race<Result>(...promises: Promise<Result>[]): Promise<Result | null> {
    return new Promise((resolve, reject) => {
      const onShut = () => resolve(null);
      const onResult = (result: Result) => {
        this.#listeners.delete(onShut);
        resolve(result);
      };
      const onFailure = (reason: unknown) => {
        this.#listeners.delete(onShut);
        reject(reason);
      };
      if (this.#shut) onShut();
      else this.#listeners.add(onShut);
      for (const promise of promises) promise.then(onResult, onFailure);
    });
  }
}
