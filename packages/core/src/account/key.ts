import type { Failure } from '../errors.ts';
import type { Exchange } from './target.ts';

/**
 * What the client knows of its key. A 401 after the API has accepted the key may be a fault of the
 * server: the first one is retried. It counts if a request that was sent after it is answered with 401
 * too, and none was accepted in between.
 */
export interface KeyTrust {
  /** The API accepted a request with this key. */
  accepted(): void;
  /**
   * Returns the failure, retryable if it is such a first 401.
   *
   * @param sent the number of the last request that was sent
   */
  forgive(failure: Failure, exchange: Exchange, sent: number): Failure;
}

export function createKeyTrust(): KeyTrust {
  let isAccepted = false;
  /** The last request that had been sent when the first 401 arrived; null without one. */
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
