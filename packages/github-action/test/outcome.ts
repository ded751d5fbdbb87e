import type { Outcome } from '@modelslab-reload/core/engine';

/** Creates the outcome of a success, with the given fields. */
export function outcome(modelId: string, fields: Partial<Outcome> = {}): Outcome {
  return {
    modelId,
    status: 'success',
    evidence: 'reply',
    imageUrl: null,
    message: 'Model reloaded',
    firstStatus: 'success',
    lastStatus: 'success',
    requests: 1,
    startedAt: '2026-11-21T20:15:00.000Z',
    repliedAt: '2026-11-21T20:15:00.000Z',
    elapsedMs: 350,
    error: null,
    ...fields,
  };
}

/** Creates the outcome of a failure that the API returned. */
export function failed(modelId: string, message = 'Model not found'): Outcome {
  const error = {
    code: 'model_not_found',
    message,
    hint: 'Check the model id.',
    httpStatus: 404,
    retryAfterMs: null,
  } as const;
  return outcome(modelId, { status: 'error', evidence: null, message, error });
}
