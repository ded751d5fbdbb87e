import type { Outcome, ReplyReceived } from '@modelslab-reload/core';

/** A model that has been asked about and is not done. */
export interface Waiting {
  modelId: string;
  /** What the last reply was: `processing`, or the code of a failure that may pass. */
  heard: string;
  /** When its first request went out. */
  since: number;
  /** When it is asked about again; Infinity where the deadline comes first. */
  nextAt: number;
}

/** How a run stands. Times are in milliseconds, of any one clock. */
export class Progress {
  readonly total: number;
  readonly startedAt: number;
  readonly outcomes: Outcome[] = [];
  readonly #waiting = new Map<string, Waiting>();

  constructor(total: number, startedAt: number) {
    this.total = total;
    this.startedAt = startedAt;
  }

  /**
   * Notes a reply; true where it says something else than the last one about the same model.
   *
   * @param isEnd whether the model is done with it
   */
  hear(event: ReplyReceived, now: number, isEnd: boolean): boolean {
    if (isEnd) return false;
    const { modelId } = event;
    const nextInMs = event.nextInMs ?? Infinity;
    const heard = event.errorCode ?? event.status;
    const before = this.#waiting.get(modelId);
    const since = now - event.elapsedMs;
    this.#waiting.set(modelId, { modelId, heard, since, nextAt: now + nextInMs });
    return before?.heard !== heard;
  }

  end(outcome: Outcome): void {
    this.#waiting.delete(outcome.modelId);
    this.outcomes.push(outcome);
  }

  /** Those that are waited for, the one that is asked next first. */
  waiting(): Waiting[] {
    return [...this.#waiting.values()].toSorted((one, other) => one.nextAt - other.nextAt);
  }
}
