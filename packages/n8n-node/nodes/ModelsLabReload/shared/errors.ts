import {
  createRedactor,
  ERROR_SPECS,
  ReloadError,
  toLine,
  type ErrorCode,
  type OutcomeError,
} from '@modelslab-reload/core/engine';
import { NodeApiError, NodeError, NodeOperationError, type INode } from 'n8n-workflow';

/** Notes that n8n adds to the hint of a code; the README's table of codes has the same. */
const HINT_NOTES: Partial<Record<ErrorCode, string>> = {
  model_not_found: 'Get Many lists them.',
};

/**
 * Converts a caught error: a ReloadError is kept, n8n's own errors (such as an expression that fails) become
 * `invalid_argument`.
 *
 * @param apiKey the key, which is removed from what n8n wrote, because it may quote a parameter; empty if it is not known
 */
export function toOutcomeError(caught: unknown, apiKey: string): OutcomeError {
  if (ReloadError.isInstance(caught)) return withNote(caught);
  const redact = createRedactor(apiKey);
  const description = caught instanceof NodeError ? caught.description : null;
  return {
    code: 'invalid_argument',
    message: toLine(redact(caught instanceof Error ? caught.message : String(caught))),
    hint: toLine(redact(description ?? ERROR_SPECS.invalid_argument.hint)),
    httpStatus: null,
    retryAfterMs: null,
  };
}

/** Returns an error of the core with n8n's note, unless its hint is the API's own. */
export function withNote(error: OutcomeError): OutcomeError {
  const { code, message, hint, httpStatus, retryAfterMs } = error;
  const note = hint === ERROR_SPECS[code].hint ? HINT_NOTES[code] : undefined;
  return { code, message, hint: note ? `${hint} ${note}` : hint, httpStatus, retryAfterMs };
}

/**
 * Returns the error that n8n shows: what happened, then what to do.
 *
 * @param failed the model and its item, and the other models that failed
 */
export function toNodeError(
  node: INode,
  error: OutcomeError,
  failed: { modelId?: string; itemIndex?: number; otherIds?: string[] } = {},
): NodeApiError | NodeOperationError {
  const { modelId = '', itemIndex, otherIds = [] } = failed;
  const message = modelId === '' ? error.message : `${modelId}: ${error.message}`;
  const description = [error.hint, formatOthers(otherIds)].filter(Boolean).join(' ');
  const options = { message, description, itemIndex, level: 'warning' as const };
  const nodeError =
    error.code === 'invalid_argument'
      ? new NodeOperationError(node, message, options)
      : new NodeApiError(node, { message }, { ...options, httpCode: toHttpCode(error) });
  // n8n replaces a message that names a system code such as ECONNREFUSED.
  nodeError.message = message;
  return nodeError;
}

const toHttpCode = ({ httpStatus }: OutcomeError) =>
  httpStatus === null ? undefined : String(httpStatus);

const MAX_LISTED = 5;

function formatOthers(modelIds: string[]): string {
  if (modelIds.length === 0) return '';
  const hidden = modelIds.length - MAX_LISTED;
  const more = hidden > 0 ? ` and ${hidden} more` : '';
  return `Failed as well: ${modelIds.slice(0, MAX_LISTED).join(', ')}${more}.`;
}
