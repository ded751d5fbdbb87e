import type { ErrorCode, Outcome, ReplyReceived, Waiting } from '@modelslab-reload/core';

/** A model that is not done, after its first event. Times are in milliseconds of the clock that `Progress` is given. */
export interface ModelProgress {
  modelId: string;
  /** `loading` since the API accepted it; `image` while the image check runs. */
  phase: 'new' | 'loading' | 'image';
  /** Code of the last failure, which is retried; null if the last reply was not a failure. */
  errorCode: ErrorCode | null;
  /** What it waits for in addition to its own interval; null if nothing. */
  waitsFor: Waiting['reason'] | null;
  /** Time of its first event. */
  since: number;
  /** Earliest time of its next request; Infinity if none is known. */
  nextAt: number;
}

/** Keeps track of a run. */
export class Progress {
  readonly total: number;
  readonly startedAt: number;
  readonly outcomes: Outcome[] = [];
  readonly #models = new Map<string, ModelProgress>();

  constructor(total: number, startedAt: number) {
    this.total = total;
    this.startedAt = startedAt;
  }

  /**
   * Records a reply after which the model continues.
   *
   * @returns true if it differs from the last one about the same model
   */
  reply(event: ReplyReceived, now: number): boolean {
    const { modelId, status, errorCode, elapsedMs, nextInMs } = event;
    const before = this.#models.get(modelId);
    const phases = { success: 'image', processing: 'loading', error: before?.phase } as const;
    const phase = phases[status] ?? 'new';
    this.#models.set(modelId, {
      modelId,
      phase,
      errorCode,
      waitsFor: null,
      since: before?.since ?? now - elapsedMs,
      nextAt: now + (nextInMs ?? Infinity),
    });
    return before === undefined || before.phase !== phase || before.errorCode !== errorCode;
  }

  /** Records what a model waits for. */
  wait({ modelId, reason, nextInMs }: Waiting, now: number): void {
    const before = this.#models.get(modelId);
    this.#models.set(modelId, {
      modelId,
      phase: before?.phase ?? 'new',
      errorCode: before?.errorCode ?? null,
      waitsFor: reason,
      since: before?.since ?? now,
      nextAt: now + (nextInMs ?? Infinity),
    });
  }

  end(outcome: Outcome): void {
    this.#models.delete(outcome.modelId);
    this.outcomes.push(outcome);
  }

  /** Returns the models that had an event and are not done, by the time of their next request. */
  unfinished(): ModelProgress[] {
    return [...this.#models.values()].toSorted((one, other) => one.nextAt - other.nextAt);
  }
}
