/** A request as the emulator received it. */
export interface EmulatorRequest {
  readonly method: string;
  /** Absolute URL or path. Only the path counts. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface EmulatorReply {
  readonly status: number;
  /** Names in lower case. With `content-encoding: gzip` the server compresses the text. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** Fault of the connection, which a reply cannot represent. */
export type WireFault = 'reset' | 'truncated' | 'huge' | 'hangs' | 'drips';

/** Decision about a request. An Error comes from `intercept` and resets the connection. */
export type Answer = EmulatorReply | WireFault | Error;

/**
 * Record of a request, for tests. It never contains a key. A text has at most 1000 characters, and there are at most 100
 * headers and field names.
 */
export interface RecordedRequest {
  /** Time of arrival, by the emulator's clock. */
  readonly at: number;
  readonly method: string;
  /** Path without the query. */
  readonly path: string;
  /** Names in lower case. `authorization`, and a value that contained a key, are `[redacted]`. */
  readonly headers: Readonly<Record<string, string>>;
  /** `model_id` of the body, or null if it is not a string. */
  readonly modelId: string | null;
  readonly keyIsValid: boolean;
  /** Names of the body's fields. */
  readonly fieldNames: readonly string[];
  /** HTTP status, or how the request ended: `open` until then, `aborted` if the client disconnected. */
  reply: number | 'open' | 'reset' | 'truncated' | 'huge' | 'aborted';
  /** When the reply was sent or the client disconnected, by the emulator's clock; null while the request is open. */
  endedAt: number | null;
}
