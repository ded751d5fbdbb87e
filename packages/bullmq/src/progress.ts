import type { Outcome, OutcomeError, ReplyEvent, StepState, Until } from '@modelslab-reload/core';

/** What a job is about. */
export interface Subject {
  /** null for the list of trained models. */
  modelId: string | null;
  /** Prompt of the image that checks the model; null for its reload. */
  imagePrompt: string | null;
  /** Base model of a LoRA that is checked with an image. */
  imageBaseModel?: string;
}

/** What the fleet knows of one wait, as plain data. It is the job's progress, so that every process receives it. */
export interface Progress {
  /** Identifies the job that counts `sequence`: one that was lost and added again is another. */
  origin: string;
  sequence: number;
  /** The state of the core's `step`. */
  state: StepState | null;
  /** When this wait sent its first request, in milliseconds since 1970; null before. */
  startedAt: number | null;
  /** When the job runs next, in milliseconds since 1970; null while its request is open. */
  nextAt: number | null;
  /** Requests that this wait has sent. */
  requests: number;
  /** True once the API has accepted the model. */
  isAccepted: boolean;
  /** Why the model has not begun: it was `rejected` because the account's queue is full, or is in `line` for that reason. */
  held: 'rejected' | 'line' | null;
  /** Condition that callers wait for. */
  until: Until;
  /** When a caller was last known to wait, in milliseconds since 1970. */
  wantedAt: number;
  /** What `onReply` reports, in every process. */
  events: ReplyEvent[];
  /** The end of the wait; null while it goes on. */
  end: { outcome: Outcome | null; ids: string[] | null; error: OutcomeError | null } | null;
}
