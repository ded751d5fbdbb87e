import { failure } from './failure.ts';
import type { ErrorCode, Outcome, OutcomeError } from './outcome.ts';

const marker = Symbol.for('modelslab-reload.ReloadError');

/**
 * What `reload` and `listTrainedModels` reject with, and what bad options throw.
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
  /** Milliseconds after which the API said to ask again; null if it named none. */
  readonly retryAfterMs: number | null;
  /** What became of the model until then; null where no model was asked about. */
  readonly outcome: Outcome | null;

  constructor(error: OutcomeError, more: { outcome?: Outcome; cause?: Error | null } = {}) {
    const { outcome = null, cause } = more;
    super(
      outcome ? `${outcome.modelId}: ${error.message}` : error.message,
      cause ? { cause } : undefined,
    );
    this.code = error.code;
    this.hint = error.hint;
    this.httpStatus = error.httpStatus;
    this.retryAfterMs = error.retryAfterMs;
    this.outcome = outcome;
    Object.defineProperty(this, marker, { value: true });
  }

  /** Whether `value` is a ReloadError, also one of another copy of this package. */
  static isInstance(value: unknown): value is ReloadError {
    return typeof value === 'object' && value !== null && marker in value;
  }
}

/** The error for an argument that was refused before anything was sent. */
export function invalidArgument(message: string, hint?: string): ReloadError {
  return new ReloadError(failure('invalid_argument', message, { hint }));
}
