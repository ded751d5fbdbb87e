import type { ErrorCode, Outcome, OutcomeError } from './outcome.ts';

/** One row of the table of error codes. */
export interface ErrorSpec {
  /** Meaning of the code, for tables. */
  meaning: string;
  /** What to do next, if the API returned no tip. */
  hint: string;
  /** Exit code of the command line. */
  exitCode: number;
  /** True if the client retries it. */
  retryable: boolean;
  /** The exception to `retryable`, or what else the code ends. */
  retryNote?: string;
}

/** The single table of error codes; checks, exit codes and documents are derived from it. */
export const ERROR_SPECS: Readonly<Record<ErrorCode, ErrorSpec>> = {
  invalid_argument: {
    meaning: 'an argument or option was rejected before anything was sent',
    hint: 'Correct it and try again.',
    exitCode: 2,
    retryable: false,
  },
  unauthorized: {
    meaning: 'the API key is missing or invalid',
    hint: 'Check the API key: copy it again from the ModelsLab dashboard.',
    exitCode: 3,
    retryable: false,
    retryNote: 'ends all calls of the client',
  },
  payment_required: {
    meaning: 'no credits, an exhausted quota, or an expired subscription',
    hint: 'Add credits to the ModelsLab account or upgrade its plan, then run this again.',
    exitCode: 6,
    retryable: false,
    retryNote: 'ends all calls of the client',
  },
  forbidden: {
    meaning: "the account's plan does not include the call",
    hint: 'Check that the plan of this ModelsLab account includes the call.',
    exitCode: 3,
    retryable: false,
  },
  model_not_found: {
    meaning: 'the API does not know the model id',
    hint: 'Check the model id against the trained models of the account.',
    exitCode: 5,
    retryable: false,
  },
  invalid_request: {
    meaning: 'the API rejected the request as invalid',
    hint: "Read the API's message, and check the model id.",
    exitCode: 1,
    retryable: false,
  },
  rate_limited: {
    meaning: "the account's queue is full, or the spam filter rejected the request",
    hint: 'Retry later or lower the concurrency; the limit applies to the whole account.',
    exitCode: 4,
    retryable: true,
    retryNote: 'after the wait that the API requests',
  },
  server_error: {
    meaning: 'the server returned HTTP 5xx',
    hint: 'Run this again in a few minutes: the API has a problem.',
    exitCode: 1,
    retryable: true,
  },
  api_error: {
    meaning: 'the API returned any other error',
    hint: "Read the API's message. If it does not help, contact ModelsLab with the time of the call.",
    exitCode: 1,
    retryable: false,
    retryNote: 'unless its text asks to try again',
  },
  unexpected_response: {
    meaning:
      'the response is not from the API: no JSON, no status, a redirect, an HTML page, or too large',
    hint: 'Check the base URL and any proxy in between.',
    exitCode: 1,
    retryable: false,
    retryNote: 'except after the API has accepted the request',
  },
  network_error: {
    meaning:
      'connection refused or reset, DNS, TLS, no HTTP, or an incomplete response; the message includes the system code',
    hint: 'Check the network, the base URL and the proxy settings, then run this again.',
    exitCode: 10,
    retryable: true,
    retryNote: 'except certificate errors and a proxy that rejects the tunnel',
  },
  request_timeout: {
    meaning: 'one request took longer than `requestTimeoutMs`',
    hint: 'Run this again, or allow more time for one request.',
    exitCode: 7,
    retryable: true,
  },
  wait_timeout: {
    meaning: '`timeoutMs` passed while the model was loading, or before any reply',
    hint: 'Run this again, or allow more time: the model may still be loading.',
    exitCode: 7,
    retryable: false,
  },
  aborted: {
    meaning: "the caller's `signal` ended the call",
    hint: 'Run this again to continue: the model may still be loading.',
    exitCode: 1,
    retryable: false,
  },
  installation_error: {
    meaning: 'the HTTP client cannot be loaded, or is not allowed to use the network',
    hint: 'Install the program and its dependencies again.',
    exitCode: 1,
    retryable: false,
  },
};

/** One failure of a request, with what the poll loop needs to know about it. */
export interface Failure extends OutcomeError {
  /** A retry may succeed. */
  retryable: boolean;
  /** A retry may succeed once the API has accepted the model, although `retryable` is false. */
  retryableAfterAcceptance: boolean;
  /** The request may have reached the server, so a retry must keep its interval. */
  maybeSent: boolean;
  /** Scope of a rate limit: this request (the spam filter) or the whole account. */
  scope: 'request' | 'account';
  /** What the transport threw, without anything that could contain the key, or the reason for an abort. */
  cause: unknown;
}

/** Creates a failure. By default it is final, may have been sent, and has the hint of its code. */
export function createFailure(
  code: ErrorCode,
  message: string,
  more: { [Field in keyof Failure]?: Failure[Field] | undefined } = {},
): Failure {
  return {
    code,
    message,
    hint: more.hint ?? ERROR_SPECS[code].hint,
    httpStatus: more.httpStatus ?? null,
    retryAfterMs: more.retryAfterMs ?? null,
    retryable: more.retryable ?? false,
    retryableAfterAcceptance: more.retryableAfterAcceptance ?? false,
    maybeSent: more.maybeSent ?? true,
    scope: more.scope ?? 'account',
    cause: more.cause ?? null,
  };
}

/** Picks the part of a failure that a user sees. */
export function toOutcomeError(from: OutcomeError): OutcomeError {
  const { code, message, hint, httpStatus, retryAfterMs } = from;
  return { code, message, hint, httpStatus, retryAfterMs };
}

const marker = Symbol.for('modelslab-reload.ReloadError');

/**
 * The error with which `reload` and `listTrainedModels` reject, and which invalid options throw.
 *
 * @example
 * try {
 *   await modelslab.reload('my-model');
 * } catch (error) {
 *   if (ReloadError.isInstance(error) && error.code === 'model_not_found') forget('my-model');
 *   else throw error;
 * }
 */
export class ReloadError extends Error {
  override readonly name = 'ReloadError';
  readonly code: ErrorCode;
  /** What to do next. */
  readonly hint: string;
  /** HTTP status of the reply that decided it; null without a reply. */
  readonly httpStatus: number | null;
  /** Wait in milliseconds that the API requested; null if it requested none. */
  readonly retryAfterMs: number | null;
  /** State of the model when the call ended; null if the call is not about one model. */
  readonly outcome: Outcome | null;

  constructor(error: OutcomeError, more: { outcome?: Outcome; cause?: unknown } = {}) {
    const { outcome = null, cause } = more;
    super(
      outcome ? `${outcome.modelId}: ${error.message}` : error.message,
      cause == null ? undefined : { cause },
    );
    this.code = error.code;
    this.hint = error.hint;
    this.httpStatus = error.httpStatus;
    this.retryAfterMs = error.retryAfterMs;
    this.outcome = outcome;
    Object.defineProperty(this, marker, { value: true });
  }

  /** Returns the fields for `JSON.stringify`, the message among them, without the stack. */
  toJSON(): OutcomeError & { name: string; outcome: Outcome | null } {
    const { name, outcome } = this;
    return { name, ...toOutcomeError(this), outcome };
  }

  /** Returns true for a ReloadError, even from another copy of this package. */
  static isInstance(value: unknown): value is ReloadError {
    return typeof value === 'object' && value !== null && marker in value;
  }
}

/** Creates the error for an argument that is rejected before anything is sent. */
export function invalidArgument(message: string, hint?: string): ReloadError {
  return new ReloadError(createFailure('invalid_argument', message, { hint }));
}
