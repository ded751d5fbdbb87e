import type { Outcome } from './outcome.ts';

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
