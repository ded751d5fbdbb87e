import type { Failure } from '../errors.ts';
import type { Until } from '../options.ts';

/** Why the next request of a target cannot be sent now. */
export interface Wait {
  /** null for the target's own interval. */
  reason: 'slot' | 'line' | 'pause' | null;
  /** The earliest time of the next request; null if an event ends the wait. */
  untilAt: number | null;
  failure: Failure | null;
}

/** What a driver states about a call when it joins. */
export interface CallStart {
  /** null for the list of trained models. */
  modelId: string | null;
  until?: Until;
  imagePrompt?: string;
  /** The base model of a LoRA, else empty. */
  imageBaseModel?: string;
  maxAgeMs?: number;
  timeoutMs: number;
  startedAt: number;
  startedWall: number;
  /** Whether `timeoutMs` starts with the first request, because the model belongs to a list. */
  isListed?: boolean;
  /** When its list started, the failures that had ended all calls by then, and the list's budget for images. */
  listStartedAt?: number;
  stops?: number;
  budget?: string | null;
  /** Whether it waits for the image, because the model has succeeded. */
  isChecking?: boolean;
  /** Whether it returns instead of waiting, after at most one request. */
  isStep?: boolean;
  hasListener?: boolean;
}

/** Returns a call that waits: what it wants, and what it has seen. */
export const createCall = (id: string, start: CallStart) => ({
  // Each by its name: a copy of two objects costs time and memory for each of thousands of callers.
  modelId: start.modelId,
  until: start.until ?? 'success',
  imagePrompt: start.imagePrompt ?? '',
  imageBaseModel: start.imageBaseModel ?? '',
  maxAgeMs: start.maxAgeMs ?? 0,
  timeoutMs: start.timeoutMs,
  startedAt: start.startedAt,
  startedWall: start.startedWall,
  isListed: start.isListed ?? false,
  listStartedAt: start.listStartedAt ?? start.startedAt,
  stops: start.stops ?? 0,
  budget: start.budget ?? null,
  isChecking: start.isChecking ?? false,
  isStep: start.isStep ?? false,
  hasListener: start.hasListener ?? false,
  id,
  /** The target that it waits for. */
  target: '',
  /** Prefix of the keys of its targets: empty, but for `step`, whose targets are its own. */
  scope: start.isStep ? `${id} ` : '',
  /** Whether it can neither send nor count as a caller, because nothing runs for it at present. */
  isAbsent: false,
  /** When `timeoutMs` started; null until the model of a list has started. */
  begunAt: start.isListed ? null : start.startedAt,
  /** What it has seen of the requests while it waited; `unsent` are consecutive ones that did not leave this machine. */
  seen: {
    replies: 0,
    requests: 0,
    retries: 0,
    unsent: 0,
    last: null as { words: string; failure: Failure | null } | null,
  },
});
export type Call = ReturnType<typeof createCall>;
