import type { Failure } from '../errors.ts';
import type { Exchange } from './target.ts';

/**
 * Tracks whether the API accepts the key. A 401 after the key has been accepted may be a server error, so
 * the first one is retried. It becomes final if a request that was sent after it also returns 401 and no
 * request was accepted in between.
 */
export interface KeyTrust {
  /** Records that the API accepted a request with this key. */
  accepted(): void;
  /**
   * Returns the failure, as retryable if it is the first 401 after an acceptance.
   *
   * @param sent the number of the last request that was sent
   */
  forgive(failure: Failure, exchange: Exchange, sent: number): Failure;
}

export function createKeyTrust(): KeyTrust {
  let isAccepted = false;
  /** The last request that had been sent when the first 401 arrived; null before it. */
  let doubtedAfter: number | null = null;
  return {
    accepted() {
      isAccepted = true;
      doubtedAfter = null;
    },

    forgive(failure, { number }, sent) {
      const isFirst = doubtedAfter === null || number <= doubtedAfter;
      if (failure.code !== 'unauthorized' || !isAccepted || !isFirst) return failure;
      doubtedAfter ??= sent;
      return { ...failure, retryable: true };
    },
  };
}
