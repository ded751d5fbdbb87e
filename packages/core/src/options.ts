import type { StepState } from './step.ts';
import type { ErrorCode } from './outcome.ts';

/**
 * The condition to wait for: the API accepted the request (`accepted`), it returned `success`, or it
 * generated a small image with the model (`image`), which is billed and the only proof that the model works.
 */
export type Until = 'accepted' | 'success' | 'image';

/** Options of `createClient`. They are described, with their bounds, in `OPTION_SPECS`. */
export interface ClientOptions {
  /** The ModelsLab API key. It is sent in the request body and appears nowhere else. Without one, `createClient` throws. */
  apiKey: string | undefined;
  /** Base URL of the API; `http:` only to this machine, unless `allowInsecureHttp`. Default `https://modelslab.com`. */
  baseUrl?: string | undefined;
  /** Maximum number of open requests of the client, over all its calls. Waiting models do not occupy a slot. Default 2. */
  concurrency?: number | undefined;
  /** Maximum retries of a transient failure before the API accepts the request. Default 3. */
  maxRetries?: number | undefined;
  /** Milliseconds between a reply and the next request for the same model. Default: 35 s until the API accepts the request, then a schedule made for loads of about 2 minutes. */
  pollIntervalMs?: number | undefined;
  /** Maximum milliseconds for one request; the API may respond only when the model is loaded. Default 150 000. */
  requestTimeoutMs?: number | undefined;
  /** The `User-Agent` header. Default: name and version of this package. */
  userAgent?: string | undefined;
  /** Allows a `baseUrl` with `http:` to another machine; anyone on the network path can read the key. Default false. */
  allowInsecureHttp?: boolean | undefined;
}

/** Options of `reload`. */
export interface ReloadOptions {
  /** Condition to wait for. Default `success`. */
  until?: Until | undefined;
  /**
   * Milliseconds until the call gives up; in `reloadMany` for each model, from its first request that was not rejected
   * because the queue is full. Default 600 000.
   */
  timeoutMs?: number | undefined;
  /**
   * Maximum age in milliseconds of a known `success` that answers the call without a request. Default: the interval
   * between requests; 0 waits for the interval and sends a request.
   */
  maxAgeMs?: number | undefined;
  /** Prompt of the image that `until: 'image'` requests. Default: a grey stone. */
  imagePrompt?: string | undefined;
  /** Called for every reply, failures included, and if the model waits for something else. An exception, or a promise that rejects, ends the call. */
  onReply?: ((event: ReplyEvent) => unknown) | undefined;
  /** Ends the call immediately when it aborts. */
  signal?: AbortSignal | undefined;
}

/** Options of `reloadMany`: those of `reload`. */
export type ReloadManyOptions = ReloadOptions;

/** Options of `step`: those of `reload`, with the deadline and the number of requests counted from the first step. */
export interface StepOptions extends ReloadOptions {
  /**
   * Called with the state to save before the request leaves, and awaited, so that a crash between sending and saving cannot
   * repeat the request within its interval. An exception, or a promise that rejects, ends the step; nothing is sent.
   */
  onSend?: ((state: StepState) => unknown) | undefined;
}

/** Options of `listTrainedModels`. */
export interface ListOptions {
  /** Milliseconds until the call gives up. Default 600 000. */
  timeoutMs?: number | undefined;
  /** Ends the call immediately when it aborts. */
  signal?: AbortSignal | undefined;
}

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
