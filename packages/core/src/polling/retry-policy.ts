import type { Failure } from '../errors.ts';

/** Milliseconds between two requests until the API accepts one: the spam filter's 30 s plus a margin. */
export const REQUEST_INTERVAL_MS = 35_000;

/**
 * Milliseconds from one reply to the next request while a model loads; the last one repeats. Chosen by
 * simulation (docs/decisions/schedule.md): the first poll is sent when a load of 2 minutes is likely done,
 * nearly all slower loads are polled within 6 minutes, and one interval is longer than nearly every load, so that
 * a load can finish even if the API restarts it at each request.
 */
export const LOADING_SCHEDULE_MS = [
  128_000, 35_000, 35_000, 45_000, 85_000, 220_000, 35_000, 300_000,
] as const;

/** The wait after a rate limited reply that does not request a time. */
const DEFAULT_REFUSAL_MS = 30_000;
const MIN_REFUSAL_MS = 1000;
const MAX_REFUSAL_BACKOFF_MS = 30_000;

/** Backoff while nothing was sent: 1, 2, 4, 8, 16 s cover a machine whose network is still starting. */
const FIRST_BACKOFF_MS = 1000;
const MAX_BACKOFF_MS = 16_000;
/** Retries while nothing was sent; used unless `maxRetries` is 0. */
export const MAX_UNSENT_RETRIES = 5;

/** Maximum share of a wait that is added at random, so that several processes do not retry in step. */
const JITTER = 0.1;

export interface PolicyOptions {
  /** Replaces both the interval and the schedule; null keeps them. */
  pollIntervalMs: number | null;
  /** Returns a number from 0 to 1; seeded in tests. */
  random: () => number;
}

/** Returns the interval between two requests for one model if no schedule applies. */
export function requestIntervalMs({ pollIntervalMs }: { pollIntervalMs: number | null }): number {
  return pollIntervalMs ?? REQUEST_INTERVAL_MS;
}

/**
 * Returns the wait after a rate limited reply, in milliseconds. It is never shorter than the API requested;
 * its minimum is 1 s and doubles up to 30 s while requests are rate limited, with jitter.
 *
 * @param count consecutive rate limited replies, including this one
 * @param scope the spam filter (`request`) restarts its window in some accounts. From the second such reply
 *   the wait is up to twice as long, so that two processes cannot block each other forever
 */
export function refusalWaitMs(
  retryAfterMs: number | null,
  count: number,
  scope: Failure['scope'],
  random: () => number,
): number {
  const minMs = Math.min(MIN_REFUSAL_MS * 2 ** (count - 1), MAX_REFUSAL_BACKOFF_MS);
  const share = scope === 'request' && count > 1 ? 1 : JITTER;
  return Math.max(retryAfterMs ?? DEFAULT_REFUSAL_MS, minMs) * (1 + share * random());
}

/** Computes how long one model or image check waits before its next request. */
export class RetryPolicy {
  /** Milliseconds after a success, a final failure, or an aborted request. */
  readonly intervalMs: number;
  readonly #options: PolicyOptions;
  #isAccepted = false;
  #step = 0;
  #unsent = 0;
  #refusals = 0;

  constructor(options: PolicyOptions) {
    this.#options = options;
    this.intervalMs = requestIntervalMs(options);
  }

  /** Returns the milliseconds to wait after a reply that reports a load in progress; `etaMs` may lengthen it. */
  afterProcessing(etaMs: number | null = null): number {
    this.#isAccepted = true;
    this.#unsent = 0;
    this.#refusals = 0;
    return this.#options.pollIntervalMs ?? Math.max(this.#nextInterval(), etaMs ?? 0);
  }

  /** Returns the milliseconds to wait after a retryable failure. */
  afterFailure(failure: Failure): number {
    const { code, retryAfterMs, maybeSent, scope } = failure;
    const { random } = this.#options;
    if (code === 'rate_limited') {
      this.#unsent = 0;
      return refusalWaitMs(retryAfterMs, ++this.#refusals, scope, random);
    }
    this.#refusals = 0;
    // The first 401 after the key was accepted is retried once, after the interval.
    if (code === 'unauthorized') return this.intervalMs;
    if (!maybeSent) {
      const backoffMs = Math.min(FIRST_BACKOFF_MS * 2 ** this.#unsent++, MAX_BACKOFF_MS);
      return backoffMs * (1 + JITTER * random());
    }
    this.#unsent = 0;
    return Math.max(this.#nextInterval(), retryAfterMs ?? 0);
  }

  /** Starts a new wait: resets acceptance, the position in the schedule and the backoff. */
  reset(): void {
    this.#isAccepted = false;
    this.#step = 0;
    this.#unsent = 0;
    this.#refusals = 0;
  }

  #nextInterval(): number {
    if (this.#options.pollIntervalMs !== null || !this.#isAccepted) return this.intervalMs;
    const step = Math.min(this.#step++, LOADING_SCHEDULE_MS.length - 1);
    return LOADING_SCHEDULE_MS[step] ?? this.intervalMs;
  }
}
