import type { Failure } from '../errors.ts';
import { refusalWaitMs } from '../polling/retry-policy.ts';
import type { Exchange } from './target.ts';

/** The pause of the whole client: the API refused a poll of an accepted model, because the queue was full. */
export interface Pause {
  /** No request is sent before this moment. */
  readonly until: number;
  readonly failure: Failure | null;
  /** @param sent the number of the last request that was sent */
  refused(exchange: Exchange, failure: Failure, sent: number, now: number): void;
  /** A request was not refused. */
  answered(): void;
  /** Limits what is left of the pause for callers who come later. */
  cap(maxMs: number): void;
}

export function createPause(random: () => number): Pause {
  let until = -Infinity;
  let since = -Infinity;
  let failure: Failure | null = null;
  let refusals = 0;
  let lastRefused = 0;
  return {
    get until() {
      return until;
    },
    get failure() {
      return failure;
    },

    refused({ number }, refusal, sent, now) {
      // Requests that were open together are refused together: that is one refusal.
      if (number > lastRefused) {
        refusals++;
        lastRefused = sent;
      }
      until = Math.max(
        until,
        now + refusalWaitMs(refusal.retryAfterMs, refusals, 'account', random),
      );
      since = now;
      failure = refusal;
    },

    answered() {
      refusals = 0;
    },

    cap(maxMs) {
      until = Math.min(until, since + maxMs);
    },
  };
}
