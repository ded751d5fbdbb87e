import type { ErrorCode } from './error-codes.ts';
import type { OptionsOf, OptionValues } from './options/option-rules.ts';
import type { StepState } from './outcome.ts';

/**
 * The condition to wait for: the API accepted the request (`accepted`), it returned `success`, or it
 * generated a small image with the model (`image`), which is billed and the only proof that the model works.
 */
export type Until = OptionValues['until'];

/** Options of `createClient`. They are described, with their bounds, in `OPTION_SPECS`. */
export interface ClientOptions extends Omit<OptionsOf<'client'>, 'apiKey'> {
  /** The ModelsLab API key. It is sent in the request body and appears nowhere else. Without one, `createClient` throws. */
  apiKey: string | undefined;
}

/** Options of `reload`. */
export interface ReloadOptions extends OptionsOf<'call'> {
  /** Called for every reply, failures included, and if the model waits for something else. An exception, or a promise that rejects, ends the call. */
  onReply?: ((event: ReplyEvent) => unknown) | undefined;
  /** Ends the call immediately when it aborts. */
  signal?: AbortSignal | undefined;
}

/** Options of `reloadMany`: those of `reload`, and those of the whole list. */
export interface ReloadManyOptions extends ReloadOptions, OptionsOf<'list'> {}

/** Options of `step`: those of `reload`, with the deadline and the number of requests counted from the first step. */
export interface StepOptions extends ReloadOptions {
  /**
   * Called with the state to save before the request leaves, and awaited, so that a crash between sending and saving cannot
   * repeat the request within its interval. An exception, or a promise that rejects, ends the step; nothing is sent.
   */
  onSend?: ((state: StepState) => unknown) | undefined;
}

/** Options of `withModel`. */
export interface WithModelOptions extends Omit<ReloadOptions, 'until' | 'maxAgeMs'> {
  /**
   * Returns true if what `use` threw or returned means that the model is unloaded. Replaces the default, which reads the
   * messages of errors and of bodies with the status `error` or `failed`.
   */
  isUnloaded?: ((value: unknown) => boolean | PromiseLike<boolean>) | undefined;
}

/** Options of `listTrainedModels`. */
export type ListOptions = Pick<ReloadOptions, 'timeoutMs' | 'signal'>;

/** Reports one exchange about one model: a reply, or the failure to get one. */
export interface ReplyReceived {
  type: 'reply';
  modelId: string;
  /** Number of the exchange within this call, from 1. */
  attempt: number;
  /** Interpretation of the reply. */
  status: 'success' | 'processing' | 'error';
  /** The message of the API, or of the failure; null without one. */
  message: string | null;
  /** HTTP status of the reply; null without one. */
  httpStatus: number | null;
  /** Code of the failure; null without one. */
  errorCode: ErrorCode | null;
  /** Milliseconds since the call began. */
  elapsedMs: number;
  /** Milliseconds until the earliest time of this model's next request; null if none follows. */
  nextInMs: number | null;
}

/** Reports that a model waits for something other than its own interval. Sent once for each change. */
export interface Waiting {
  type: 'waiting';
  modelId: string;
  /**
   * `slot`: all slots for open requests are taken. `line`: the account's queue is full, so new models wait in line.
   * `pause`: the API requested a pause, or the interval since an earlier request has not passed.
   */
  reason: 'slot' | 'line' | 'pause';
  /** Milliseconds until the earliest time of this model's next request; null if none is known. */
  nextInMs: number | null;
}

/** The argument of `onReply`; distinguish by `type`. */
export type ReplyEvent = ReplyReceived | Waiting;
