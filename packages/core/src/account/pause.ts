import type { Failure } from '../errors.ts';
import { refusalWaitMs } from '../polling/retry-policy.ts';
import type { Exchange } from './target.ts';

/** Pauses the whole client after the API rejected a poll of an accepted model because the queue was full. */
export interface Pause {
  /** No request is sent before this time. */
  readonly until: number;
  readonly failure: Failure | null;
  /**
   * Records that a poll was rejected.
   *
   * @param sent the number of the last request that was sent
   */
  rejected(exchange: Exchange, failure: Failure, sent: number, now: number): void;
  /** Records a reply that is not rate limited. */
  answered(): void;
  /** Limits the rest of the pause for callers that join later. */
  cap(maxMs: number): void;
}

export function createPause(random: () => number): Pause {
  let until = -Infinity;
  let since = -Infinity;
  let failure: Failure | null = null;
  let rejections = 0;
  let lastRejected = 0;
  return {
    get until() {
      return until;
    },
    get failure() {
      return failure;
    },

    rejected({ number }, rejection, sent, now) {
      // Rejections of requests that were open at the same time count as one.
      const isAnother = number > lastRejected;
      rejections = isAnother ? rejections + 1 : Math.max(rejections, 1);
      if (isAnother) lastRejected = sent;
      until = Math.max(
        until,
        now + refusalWaitMs(rejection.retryAfterMs, rejections, 'account', random),
      );
      since = now;
      failure = rejection;
    },

    answered() {
      rejections = 0;
    },

    cap(maxMs) {
      until = Math.min(until, since + maxMs);
    },
  };
}
