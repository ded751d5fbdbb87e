import {
  ERROR_SPECS,
  ReloadError,
  toLine,
  type ErrorCode,
  type OutcomeError,
} from '@modelslab-reload/core/engine';
import { NodeApiError, NodeError, NodeOperationError, type INode } from 'n8n-workflow';

const CORRECT = "Correct the node's parameters or its credential, then run this again.";

/** Hints for users of n8n, if the core has no hint that is more specific than its table's. */
const HINTS: Partial<Record<ErrorCode, string>> = {
  invalid_argument: CORRECT,
  model_not_found: "Compare the ID with the account's trained models (operation Get Many).",
};

/** Converts what was caught: a ReloadError as it is, n8n's own errors (an expression that fails) to `invalid_argument`. */
export function toOutcomeError(caught: unknown): OutcomeError {
  if (ReloadError.isInstance(caught)) return withHint(caught);
  const description = caught instanceof NodeError ? caught.description : null;
  return {
    code: 'invalid_argument',
    message: toLine(caught instanceof Error ? caught.message : String(caught)),
    hint: toLine(description ?? CORRECT),
    httpStatus: null,
    retryAfterMs: null,
  };
}

/** Returns an error of the core with the hint that fits n8n. */
export function withHint(error: OutcomeError): OutcomeError {
  const { code, message, hint, httpStatus, retryAfterMs } = error;
  const isGeneral = hint === ERROR_SPECS[code].hint;
  return { code, message, hint: (isGeneral && HINTS[code]) || hint, httpStatus, retryAfterMs };
}

interface FailedModel {
  modelId: string;
  itemIndex: number;
  /** Other models that failed. */
  otherIds: string[];
}

/** Returns the error that n8n shows: what happened, then what to do. */
export function toNodeError(
  node: INode,
  error: OutcomeError,
  { modelId = '', itemIndex, otherIds = [] }: Partial<FailedModel> = {},
): NodeApiError | NodeOperationError {
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
