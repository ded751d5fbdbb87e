import type { StepState } from '@modelslab-reload/core';

/** What a job publishes: it is stored with the job, and every process receives it. */
export interface Progress {
  /** What is known of the job's subject; null before the first request. */
  state: StepState | null;
  /** When the job runs next, in milliseconds since 1970; null while its request is open. */
  nextAt: number | null;
  /** Why the model has not begun: it was `rejected` because the account's queue is full, or is in `line` for that reason. */
  held: 'rejected' | 'line' | null;
}
