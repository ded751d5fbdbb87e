import type { Failure } from '../errors.ts';
import { refusalWaitMs } from '../polling/retry-policy.ts';
import type { Exchange } from './target.ts';

/** The consecutive rejections of requests because the account's queue was full. */
export interface Rejections {
  /**
   * Adds a rejection. Requests that were open at the same time count as one.
   *
   * @param sent the number of the last request that was sent
   * @returns the milliseconds until the next request; more for each consecutive rejection
   */
  add(exchange: Exchange, failure: Failure, sent: number): number;
  /** Starts again after a request that was not rejected. */
  reset(): void;
}

export function createRejections(random: () => number): Rejections {
  let count = 0;
  /** The last request that was sent before the latest rejection that counts. */
  let lastSent = 0;
  return {
    add({ number }, { retryAfterMs }, sent) {
      if (number > lastSent) {
        count++;
        lastSent = sent;
      }
      // A request that was open with a rejected one may be rejected after a reset.
      count = Math.max(count, 1);
      return refusalWaitMs(retryAfterMs, count, 'account', random);
    },

    reset() {
      count = 0;
    },
  };
}
