import type { Failure } from '../errors.ts';
import { createRejections } from './rejections.ts';
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
  const rejections = createRejections(random);
  let until = -Infinity;
  let since = -Infinity;
  let failure: Failure | null = null;
  return {
    get until() {
      return until;
    },
    get failure() {
      return failure;
    },

    rejected(exchange, rejection, sent, now) {
      until = Math.max(until, now + rejections.add(exchange, rejection, sent));
      since = now;
      failure = rejection;
    },

    answered() {
      rejections.reset();
    },

    cap(maxMs) {
      until = Math.min(until, since + maxMs);
    },
  };
}
