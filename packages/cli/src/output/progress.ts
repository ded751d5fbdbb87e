import type { ErrorCode, Outcome, ReplyEvent, Waiting } from '@modelslab-reload/core';

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

export class Progress {
  readonly total: number;
  readonly startedAt: number;
  readonly outcomes: Outcome[] = [];
  readonly #models = new Map<string, ModelProgress>();

  constructor(total: number, startedAt: number) {
    this.total = total;
    this.startedAt = startedAt;
  }

  /** Records what a model that continues got or waits for. Returns true for a reply that differs from its last one. */
  record(event: ReplyEvent, now: number): boolean {
    const { modelId, nextInMs } = event;
    const before = this.#models.get(modelId);
    const { phase = 'new', errorCode = null } = before ?? {};
    const model: ModelProgress = {
      modelId,
      phase,
      errorCode,
      waitsFor: event.type === 'waiting' ? event.reason : null,
      since: before?.since ?? now - (event.type === 'reply' ? event.elapsedMs : 0),
      nextAt: now + (nextInMs ?? Infinity),
    };
    this.#models.set(modelId, model);
    if (event.type === 'waiting') return false;
    if (event.status === 'success') model.phase = 'image';
    if (event.status === 'processing') model.phase = 'loading';
    model.errorCode = event.errorCode;
    return before === undefined || phase !== model.phase || errorCode !== model.errorCode;
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
