/** A request as it reached the emulator. */
export interface EmulatorRequest {
  readonly method: string;
  /** Absolute or a path; only the path counts. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface EmulatorReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** What goes wrong on the wire, where no reply can say it. */
export type WireFault = 'reset' | 'truncated' | 'huge' | 'hangs' | 'drips';

/** What the emulator decided to do about a request; an Error comes from `intercept` and resets the connection. */
export type Answer = EmulatorReply | WireFault | Error;

/** What is kept of a request, for tests to look at. It never holds a key. */
export interface RecordedRequest {
  /** When it arrived, by the emulator's clock. */
  readonly at: number;
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** By lower-case name. One that held a key, and `authorization` always, says `[redacted]`. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body's `model_id`, null where it is no string. */
  readonly modelId: string | null;
  readonly keyIsValid: boolean;
  /** The names of the body's fields. */
  readonly fieldNames: readonly string[];
  /** The HTTP status, or what became of the exchange; `open` until it ends, `aborted` when the client gave it up. */
  reply: number | 'open' | 'reset' | 'truncated' | 'huge' | 'aborted';
  /** When the reply was sent or the exchange given up, by the emulator's clock; null while it is open. */
  endedAt: number | null;
}
