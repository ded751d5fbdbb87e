/** One request to the API. The key is in `body` and nowhere else. */
export interface TransportRequest {
  method: 'POST';
  url: string;
  headers: Record<string, string>;
  body: string;
}

/** The reply, with any status: a transport throws only if it does not receive a complete reply. */
export interface TransportReply {
  status: number;
  /** Names in lower case. */
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

/**
 * Sends one request and returns the reply. It must not follow redirects (the key would be forwarded), must not retry,
 * and must end the request when `signal` aborts. What it throws is classified by the system code (`ECONNRESET`,
 * `ENOTFOUND`, …) of the error or of one of its causes.
 */
export type Transport = (request: TransportRequest, signal: AbortSignal) => Promise<TransportReply>;

/** The source of time and of timers. */
export interface Clock {
  /** Returns milliseconds since 1970, for timestamps. */
  now(): number;
  /**
   * Returns monotonic milliseconds since an arbitrary time. Durations, intervals and ages are measured with it, so that
   * a change of the wall clock affects only timestamps. Without it, they are measured with `now`.
   */
  monotonicMs?(): number;
  /** Waits for `ms` milliseconds, or until `signal` aborts (by resolving or by rejecting). */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** The two ports through which a client reaches the outside. */
export interface Ports {
  transport: Transport;
  clock: Clock;
}
