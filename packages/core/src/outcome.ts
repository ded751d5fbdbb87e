import type { ErrorCode } from './error-codes.ts';

export type { ErrorCode };

/** A status word of the API: the documented ones, and any other text that it may send. */
export type StatusWord = 'success' | 'processing' | 'error' | (string & {});

/** Describes why `until` was not reached. */
export interface OutcomeError {
  code: ErrorCode;
  /** What happened, as one line without the API key. */
  message: string;
  /** What to do next. */
  hint: string;
  /** HTTP status of the reply that decided it; null without a reply. */
  httpStatus: number | null;
  /** Wait in milliseconds that the API requested; null if it requested none. */
  retryAfterMs: number | null;
}

/**
 * The result for one model. It has the same shape in the library, in the command line's JSON, in the
 * Action's `outcomes` output and in an n8n item.
 */
export interface Outcome {
  modelId: string;
  /** Interpretation of the last reply that counted: `error` until the API accepts the request. */
  status: 'success' | 'processing' | 'error';
  /**
   * What a success is based on. `reply`: no reply was `processing` before it, so the API may mean 'loaded' or only
   * 'accepted'. `change`: first `processing`, then `success`. `image`: the model generated an image. null without a
   * success.
   */
  evidence: 'reply' | 'change' | 'image' | null;
  /** URL of the image that `until: 'image'` requested; null without one. */
  imageUrl: string | null;
  /** The last message of the API, the key redacted; null without one. */
  message: string | null;
  /** The first status word that the API sent, as sent; null if it sent none. */
  firstStatus: StatusWord | null;
  /** The last status word that the API sent, as sent; null if it sent none. */
  lastStatus: StatusWord | null;
  /** HTTP requests that were sent or open for this model while the call waited; a refused connection sends none. */
  requests: number;
  /** Time of the call, as ISO 8601 in UTC. */
  startedAt: string;
  /**
   * Time of the reply that this outcome is based on, as ISO 8601 in UTC; earlier than `startedAt` if a known answer was
   * reused; null without a reply.
   */
  repliedAt: string | null;
  /** Milliseconds from the call to its end. */
  elapsedMs: number;
  /** null exactly when `until` was reached. */
  error: OutcomeError | null;
}

/**
 * Creates the outcome of a model about which nothing is known yet. With `overrides` it is also a maker of
 * outcomes for tests and fakes.
 *
 * @param startedAtMs milliseconds since 1970
 * @example
 * const loaded = initialOutcome('my-model', Date.now(), { status: 'success', evidence: 'change' });
 */
export function initialOutcome(
  modelId: string,
  startedAtMs: number,
  overrides: Partial<Outcome> = {},
): Outcome {
  return {
    modelId,
    status: 'error',
    evidence: null,
    imageUrl: null,
    message: null,
    firstStatus: null,
    lastStatus: null,
    requests: 0,
    startedAt: new Date(startedAtMs).toISOString(),
    repliedAt: null,
    elapsedMs: 0,
    error: null,
    ...overrides,
  };
}

/** A wait as JSON, to be saved and passed to the next `step`. Its content may change in any version. */
export interface StepState {
  v: 1;
  modelId: string;
}

/** The result of one `step`. */
export interface Step {
  /** What is known now; pass it to the next step. */
  state: StepState;
  /** The outcome, with an `error` if `until` was not reached; null while the wait goes on. */
  outcome: Outcome | null;
  /** Milliseconds until the next step; null with an outcome. */
  nextInMs: number | null;
  /** Time of the next step, as ISO 8601 in UTC; null with an outcome. */
  nextAt: string | null;
  /** Milliseconds during which no other model should begin, because the account's queue is full; else null. */
  pauseMs: number | null;
}
