import { ReloadError, type OutcomeError } from '@modelslab-reload/core/engine';
import { NodeApiError, NodeError, NodeOperationError, type INode } from 'n8n-workflow';

/** What was caught, as an Outcome's error: the core's as it is, n8n's own (an expression that fails) as a bad argument. */
export function toOutcomeError(caught: unknown): OutcomeError {
  if (ReloadError.isInstance(caught)) {
    const { code, message, hint, httpStatus, retryAfterMs } = caught;
    return { code, message, hint, httpStatus, retryAfterMs };
  }
  const message = caught instanceof Error ? caught.message : String(caught);
  const described = caught instanceof NodeError ? caught.description : null;
  return {
    code: 'invalid_argument',
    message,
    hint: described ?? "Correct the node's parameters and its credential, then run this again.",
    httpStatus: null,
    retryAfterMs: null,
  };
}

/** The error that n8n shows: what happened, then what to do. */
export function toNodeError(
  node: INode,
  error: OutcomeError,
  more: { modelId?: string; itemIndex?: number; alsoFailed?: string[] } = {},
): NodeApiError | NodeOperationError {
  const { modelId, itemIndex, alsoFailed = [] } = more;
  const message = modelId ? `${modelId}: ${error.message}` : error.message;
  const description = [error.hint, listed(alsoFailed)].filter(Boolean).join(' ');
  const options = { message, description, itemIndex, level: 'warning' as const };
  const nodeError =
    error.code === 'invalid_argument'
      ? new NodeOperationError(node, message, options)
      : new NodeApiError(node, { message }, { ...options, httpCode: httpCodeOf(error) });
  // n8n puts its own sentence in place of one that names a system code such as ECONNREFUSED.
  nodeError.message = message;
  return nodeError;
}

const httpCodeOf = ({ httpStatus }: OutcomeError) =>
  httpStatus === null ? undefined : String(httpStatus);

const SHOWN = 5;

function listed(modelIds: string[]): string {
  const [shown, hidden] = [modelIds.slice(0, SHOWN), modelIds.length - SHOWN];
  if (modelIds.length === 0) return '';
  return `Failed as well: ${shown.join(', ')}${hidden > 0 ? ` and ${hidden} more` : ''}.`;
}
