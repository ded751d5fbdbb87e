import type { PolicyOptions } from '../polling/retry-policy.ts';
import type { Target } from './target.ts';

/**
 * How long a model is assumed to load, in milliseconds, if nothing tells when it has loaded. Rejections lengthen
 * it and acceptances shorten it, so that about one in five requests is rejected: with fewer the queue would
 * not be used, with more the waits that they cost would take longer than the loads.
 */
const USUAL_LOAD_MS = 135_000;
const MIN_USUAL_LOAD_MS = 60_000;
const FACTOR_IF_REJECTED = 1.08;
const FACTOR_IF_ACCEPTED = 0.985;

/** A model that is assumed to be loading. */
interface Load {
  readonly target: Target;
  readonly since: number;
  /** Whether the API returned `processing`, rather than a 'success' that may mean only accepted. */
  readonly isCertain: boolean;
}

/** The models that are assumed to be loading, and so to occupy the account's queue. */
export class Loads {
  readonly #loads = new Map<Target, Load>();
  /** Loads that are assumed to have ended, by the number of the request that was sent in their place. */
  readonly #replaced = new Map<number, { load: Load; isAdapting: boolean }>();
  readonly #minMs: number;
  #usualMs: number;

  constructor({ pollIntervalMs }: Pick<PolicyOptions, 'pollIntervalMs'>) {
    this.#usualMs = pollIntervalMs ?? USUAL_LOAD_MS;
    this.#minMs = Math.min(MIN_USUAL_LOAD_MS, this.#usualMs);
  }

  get size(): number {
    return this.#loads.size;
  }

  /** Returns whether the API returned `processing` for any of them. */
  hasCertain(): boolean {
    for (const { isCertain } of this.#loads.values()) if (isCertain) return true;
    return false;
  }

  /** Returns whether all of them were accepted at `time` or later. */
  areSince(time: number): boolean {
    for (const { since } of this.#loads.values()) if (since < time) return false;
    return true;
  }

  add(target: Target, isCertain: boolean, now: number): void {
    // Deleted first, so that the order is that of the acceptances.
    this.#loads.delete(target);
    this.#loads.set(target, { target, since: now, isCertain });
  }

  /** Returns whether the model was assumed to be loading. */
  delete(target: Target): boolean {
    return this.#loads.delete(target);
  }

  /**
   * Returns when the next load is assumed to end; Infinity if callers wait for all of them, or if it is not known yet
   * whether the last one that was replaced has ended.
   */
  nextEndAt(): number {
    const next = this.#replaced.size > 0 ? null : this.#next();
    return next ? this.#endOf(next) : Infinity;
  }

  /** Forgets loads that are assumed to have ended. */
  forgetEnded(now: number): void {
    for (const load of this.#loads.values())
      if (this.#hasEnded(load, now)) this.#loads.delete(load.target);
  }

  /** Forgets the oldest loads that are assumed to have ended, up to the first that is not. */
  forgetOldest(now: number): void {
    for (const load of this.#loads.values()) {
      if (!this.#hasEnded(load, now)) return;
      this.#loads.delete(load.target);
    }
  }

  /**
   * Assumes that the load which ends next has ended, because a request is sent in its place.
   *
   * @param isDue whether its usual time is over, so that the result of the request tells how usual that is
   */
  replaceNext(request: number, isDue: boolean): void {
    const load = this.#next();
    if (!load) return;
    this.#loads.delete(load.target);
    this.#replaced.set(request, { load, isAdapting: isDue && !load.isCertain });
  }

  /** Records that a request was not rejected: the load that it replaced has ended. */
  confirm(request: number): void {
    this.#takeReplaced(request, FACTOR_IF_ACCEPTED);
  }

  /** Records that a request was rejected: the load that it replaced has not ended. */
  restore(request: number): void {
    const load = this.#takeReplaced(request, FACTOR_IF_REJECTED);
    if (load && !this.#loads.has(load.target)) this.#loads.set(load.target, load);
  }

  #takeReplaced(request: number, factor: number): Load | null {
    const replaced = this.#replaced.get(request);
    if (!replaced) return null;
    this.#replaced.delete(request);
    if (replaced.isAdapting) this.#usualMs = Math.max(this.#minMs, this.#usualMs * factor);
    return replaced.load;
  }

  #endOf({ target, since, isCertain }: Load): number {
    if (target.callers.size > 0) return Infinity;
    return isCertain ? target.nextAt : since + this.#usualMs;
  }

  #hasEnded(load: Load, now: number): boolean {
    return this.#endOf(load) <= now;
  }

  #next(): Load | null {
    let next: Load | null = null;
    for (const load of this.#loads.values()) {
      if (this.#endOf(load) < (next ? this.#endOf(next) : Infinity)) next = load;
    }
    return next;
  }
}
