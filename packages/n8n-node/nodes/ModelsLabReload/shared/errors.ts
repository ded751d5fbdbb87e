import {
  createRedactor,
  ERROR_SPECS,
  ReloadError,
  toLine,
  type OutcomeError,
} from '@modelslab-reload/core/engine';
import { NodeApiError, NodeError, NodeOperationError, type INode } from 'n8n-workflow';

/** Keeps a ReloadError, and converts n8n's own errors, such as an expression that fails, to `invalid_argument`. */
export function toOutcomeError(caught: unknown, apiKey: string): OutcomeError {
  if (ReloadError.isInstance(caught)) return withNote(caught);
  // n8n may quote a parameter that contains the key.
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

/** Returns an error of the core with n8n's advice, unless its hint is the API's own; the README's table has the same. */
export function withNote(error: OutcomeError): OutcomeError {
  const { code, message, httpStatus, retryAfterMs } = error;
  const isOurs = code === 'model_not_found' && error.hint === ERROR_SPECS[code].hint;
  const hint = isOurs ? `${error.hint} Get Many lists them.` : error.hint;
  return { code, message, hint, httpStatus, retryAfterMs };
}

/** Returns the error that n8n shows: what happened, then what to do and which other models failed. */
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
      : new NodeApiError(node, { message }, { ...options, httpCode: error.httpStatus?.toString() });
  // n8n replaces a message that names a system code such as ECONNREFUSED.
  nodeError.message = message;
  return nodeError;
}

const MAX_LISTED = 5;

function formatOthers(modelIds: string[]): string {
  if (modelIds.length === 0) return '';
  const hidden = modelIds.length - MAX_LISTED;
  const more = hidden > 0 ? ` and ${hidden} more` : '';
  return `Failed as well: ${modelIds.slice(0, MAX_LISTED).join(', ')}${more}.`;
}
