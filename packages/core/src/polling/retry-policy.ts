import type { Failure } from '../errors.ts';

/** Milliseconds between two requests until the API has taken the call: the spam filter's 30 s, and some. */
const GAP_MS = 35_000;

/**
 * Milliseconds from one reply to the next request while a model loads; the last one repeats. Found by
 * simulation (docs/decisions/schedule.md): the first question comes when a load of 2 minutes is
 * likely done, most of what is left is asked about within 5 minutes, and one gap is longer than nearly
 * every load, so that even an API which begins the load again at each asking comes to its end.
 */
const LOADING_GAPS_MS = [
  128_000, 35_000, 35_000, 40_000, 50_000, 220_000, 75_000, 300_000,
] as const;

/** What a refusal for rate means that names no time. */
const RATE_LIMIT_MS = 30_000;
/** A refusal that asks for no time at all must not make a storm of requests. */
const MIN_RATE_LIMIT_MS = 1000;

const FIRST_BACKOFF_MS = 500;
const MAX_BACKOFF_MS = 8000;

/** Milliseconds between two requests that are the same, where no schedule says otherwise. */
export function retryGapMs(options: { pollIntervalMs: number | null }): number {
  return options.pollIntervalMs ?? GAP_MS;
}

/** Says how long to wait before one model is asked about again, or that it is not. */
export interface Retry {
  /**
   * Milliseconds to wait after a reply that said that the model loads.
   *
   * @param etaMs how much longer the load takes by what the API said: it may lengthen a gap
   */
  afterProcessing(etaMs?: number | null): number;
  /** Milliseconds to wait after a retryable failure; null where the retries are used up. */
  afterFailure(failure: Failure): number | null;
}

export function createRetry(options: { maxRetries: number; pollIntervalMs: number | null }): Retry {
  const { maxRetries, pollIntervalMs } = options;
  let taken = false;
  let retries = 0;
  let loadingGaps = 0;
  let unsent = 0;

  // Two requests about one model are the same bytes, which the spam filter refuses within 30 s: this
  // distance holds after everything that may have reached the server, a retry included.
  const gap = () => {
    if (pollIntervalMs !== null) return pollIntervalMs;
    if (!taken) return GAP_MS;
    const at = Math.min(loadingGaps++, LOADING_GAPS_MS.length - 1);
    return LOADING_GAPS_MS[at] ?? GAP_MS;
  };

  return {
    afterProcessing(etaMs = null) {
      taken = true;
      unsent = 0;
      return pollIntervalMs ?? Math.max(gap(), etaMs ?? 0);
    },

    afterFailure(failure) {
      if (failure.maybeSent) unsent = 0;
      // Bounded by the deadline alone: the API itself said to come back.
      if (failure.code === 'rate_limited') {
        return Math.max(failure.retryAfterMs ?? RATE_LIMIT_MS, MIN_RATE_LIMIT_MS);
      }
      if (!taken && retries++ >= maxRetries) return null;
      if (failure.maybeSent) return Math.max(gap(), failure.retryAfterMs ?? 0);
      const backoff = Math.min(FIRST_BACKOFF_MS * 2 ** unsent++, MAX_BACKOFF_MS);
      // Up to a quarter less, so that many clients do not come back at the same moment.
      return backoff * (1 - Math.random() / 4);
    },
  };
}
