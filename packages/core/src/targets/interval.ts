import type { Failure } from '../errors.ts';
import type { Rules } from '../state/change.ts';
import { createInterval } from '../state/state.ts';

type Interval = ReturnType<typeof createInterval>;

/** Milliseconds between two requests until the API accepts one: the spam filter's 30 s plus a margin. */
const REQUEST_INTERVAL_MS = 35_000;

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
const DEFAULT_RATE_LIMIT_MS = 30_000;
const MIN_RATE_LIMIT_MS = 1000;
const MAX_RATE_LIMIT_BACKOFF_MS = 30_000;

/** Backoff while nothing was sent: 1, 2, 4, 8, 16 s cover a machine whose network is still starting. */
const FIRST_BACKOFF_MS = 1000;
const MAX_BACKOFF_MS = 16_000;

/** Maximum share of a wait that is added at random, so that several processes do not retry in step. */
const JITTER = 0.1;

/** Returns the interval between two requests for one model if no schedule applies. */
export function requestIntervalMs({ pollIntervalMs }: { pollIntervalMs: number | null }): number {
  return pollIntervalMs ?? REQUEST_INTERVAL_MS;
}

/**
 * Returns the wait after a rate limited reply, in milliseconds. It is never shorter than the API requested;
 * its minimum is 1 s and doubles up to 30 s while requests are rate limited, with jitter.
 *
 * @param count consecutive rate limited replies, including this one
 */
export function rateLimitMs(
  { retryAfterMs, scope }: Pick<Failure, 'retryAfterMs' | 'scope'>,
  count: number,
  random: () => number,
): number {
  const minMs = Math.min(MIN_RATE_LIMIT_MS * 2 ** (count - 1), MAX_RATE_LIMIT_BACKOFF_MS);
  // The spam filter restarts its window in some accounts. From the second such reply the wait is up to twice as long,
  // so that two processes cannot block each other forever.
  const share = scope === 'request' && count > 1 ? 1 : JITTER;
  return Math.max(retryAfterMs ?? DEFAULT_RATE_LIMIT_MS, minMs) * (1 + share * random());
}

/** Returns the milliseconds to wait after a reply that reports a load in progress; `etaMs` may lengthen it. */
export function afterProcessing(
  interval: Interval,
  rules: Pick<Rules, 'pollIntervalMs'>,
  etaMs: number | null = null,
): number {
  Object.assign(interval, { isAccepted: true, unsent: 0, rateLimited: 0 });
  return rules.pollIntervalMs ?? Math.max(nextIntervalMs(interval, rules), etaMs ?? 0);
}

/** Returns the milliseconds to wait after a retryable failure. */
export function afterFailure(
  interval: Interval,
  rules: Pick<Rules, 'pollIntervalMs' | 'random'>,
  failure: Failure,
): number {
  if (failure.code === 'rate_limited') {
    interval.unsent = 0;
    return rateLimitMs(failure, ++interval.rateLimited, rules.random);
  }
  interval.rateLimited = 0;
  // The first 401 after the key was accepted is retried once, after the interval.
  if (failure.code === 'unauthorized') return requestIntervalMs(rules);
  if (!failure.maybeSent) {
    const backoffMs = Math.min(FIRST_BACKOFF_MS * 2 ** interval.unsent++, MAX_BACKOFF_MS);
    return backoffMs * (1 + JITTER * rules.random());
  }
  interval.unsent = 0;
  return Math.max(nextIntervalMs(interval, rules), failure.retryAfterMs ?? 0);
}

/** Starts a new wait: resets acceptance, the position in the schedule and the backoff. */
export function resetInterval(interval: Interval): void {
  Object.assign(interval, createInterval());
}

function nextIntervalMs(interval: Interval, rules: Pick<Rules, 'pollIntervalMs'>): number {
  if (rules.pollIntervalMs !== null || !interval.isAccepted) return requestIntervalMs(rules);
  const step = Math.min(interval.step++, LOADING_SCHEDULE_MS.length - 1);
  return LOADING_SCHEDULE_MS[step] ?? requestIntervalMs(rules);
}
