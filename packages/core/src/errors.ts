import { ruleOf, type ErrorCode } from './error-codes.ts';
import type { Outcome, OutcomeError } from './outcome.ts';

/** An error as plain data, for the state. */
export interface ErrorData {
  name: string;
  message: string;
  code?: string;
  stack?: string;
}

/** One failure of a request, with what the poll loop needs to know about it. */
export interface Failure extends OutcomeError {
  /** A retry may succeed. */
  retryable: boolean;
  /** The request may have reached the server, so a retry must keep its interval. */
  maybeSent: boolean;
  /** Scope of a rate limit: this request (the spam filter) or the whole account. */
  scope: 'request' | 'account';
  /** What the transport threw, without anything that could contain the key. */
  cause: ErrorData | null;
}

/** Creates a failure. By default it may have been sent, and the table of codes has its hint and if it is retryable. */
export function createFailure(
  code: ErrorCode,
  message: string,
  { hint, ...more }: Partial<Omit<Failure, 'hint'>> & { hint?: string | undefined } = {},
): Failure {
  const rule = ruleOf(code);
  return {
    code,
    message,
    hint: hint ?? rule.hint,
    httpStatus: null,
    retryAfterMs: null,
    retryable: rule.retryable,
    maybeSent: true,
    scope: 'account',
    cause: null,
    ...more,
  };
}

/** Returns the cause of a failure as an error again; undefined without one. */
export function causeOf(failure: Failure | null): Error | undefined {
  if (!failure?.cause) return undefined;
  const { message, ...fields } = failure.cause;
  return Object.assign(new Error(message), fields);
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
  declare readonly code: ErrorCode;
  /** What to do next. */
  declare readonly hint: string;
  /** HTTP status of the reply that decided it; null without a reply. */
  declare readonly httpStatus: number | null;
  /** Wait in milliseconds that the API requested; null if it requested none. */
  declare readonly retryAfterMs: number | null;
  /** State of the model when the call ended; null if the call is not about one model. */
  declare readonly outcome: Outcome | null;

  constructor(error: OutcomeError, more: { outcome?: Outcome; cause?: unknown } = {}) {
    const { outcome = null, cause } = more;
    const { message, ...fields } = toOutcomeError(error);
    super(
      outcome ? `${outcome.modelId}: ${message}` : message,
      cause == null ? undefined : { cause },
    );
    Object.assign(this, fields, { outcome });
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
