import type { ErrorCode } from './outcome.ts';

/**
 * What ends a reload well: the API took the call (`accepted`), it said 'success', or it drew a small
 * picture with the model (`image`), which is billed and the only proof that the model answers.
 */
export type Until = 'accepted' | 'success' | 'image';

export interface ClientOptions {
  /** The ModelsLab API key. It is sent in the request body and shows nowhere else. Missing, it is refused. */
  apiKey: string | undefined;
  /** Where the API is; `http:` only to this machine, unless `allowInsecureHttp`. Default `https://modelslab.com`. */
  baseUrl?: string | undefined;
  /** How often a retryable failure is asked again before the API has taken the call. Default 3. */
  maxRetries?: number | undefined;
  /** Milliseconds from a reply to the next request about the same model. Default: 35 s until the API has taken the call, then a schedule made for loads of about 2 minutes. */
  pollIntervalMs?: number | undefined;
  /** Milliseconds that one request may take: the API may answer only when the model is loaded. Default 150 000. */
  requestTimeoutMs?: number | undefined;
  /** The `User-Agent` of the requests. Default: this package's name and version. */
  userAgent?: string | undefined;
  /** Allows a `baseUrl` with `http:` to another machine, over which anybody on the way can read the key. Default false. */
  allowInsecureHttp?: boolean | undefined;
}

export interface ReloadOptions {
  /** What ends it well. Default `success`. */
  until?: Until | undefined;
  /** Milliseconds from the call to its end; for `reloadMany` that of the whole list. Default 600 000. */
  timeoutMs?: number | undefined;
  /** What `until: 'image'` has the model draw. Default: a grey stone. */
  imagePrompt?: string | undefined;
  /** Called after every exchange, failures included. What it throws ends the call. */
  onReply?: ((reply: ReplyEvent) => void) | undefined;
  /** Ends the call at once. */
  signal?: AbortSignal | undefined;
}

export interface ReloadManyOptions extends ReloadOptions {
  /** Exchanges open at a time; a model that is being waited for takes no place. Default 2. */
  concurrency?: number | undefined;
}

export interface ListOptions {
  /** Milliseconds from the call to its end. Default 600 000. */
  timeoutMs?: number | undefined;
  /** Ends the call at once. */
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

/** Reports that a model waits for something else than its own interval. Sent once for each change. */
export interface Waiting {
  type: 'waiting';
  modelId: string;
  /**
   * `slot`: all slots for open requests are taken. `line`: the account's queue is full, so new models wait in line.
   * `pause`: the API asked for a wait.
   */
  reason: 'slot' | 'line' | 'pause';
  /** Milliseconds until the earliest time of this model's next request; null if none is known. */
  nextInMs: number | null;
}

/** The argument of `onReply`; distinguish by `type`. */
export type ReplyEvent = ReplyReceived | Waiting;
