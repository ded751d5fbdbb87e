import type { Outcome, ReplyReceived, Waiting } from '@modelslab-reload/core';

/** Returns a reply `processing`. */
export function processing(modelId: string, more: Partial<ReplyReceived> = {}): ReplyReceived {
  return {
    type: 'reply',
    modelId,
    attempt: 1,
    status: 'processing',
    message: 'Model is reloading',
    httpStatus: 200,
    errorCode: null,
    elapsedMs: 0,
    nextInMs: 130_000,
    ...more,
  };
}

/** Returns a failure that is retried. */
export function failing(
  modelId: string,
  errorCode: NonNullable<ReplyReceived['errorCode']>,
  more: Partial<ReplyReceived> = {},
): ReplyReceived {
  return processing(modelId, {
    status: 'error',
    message: 'It failed',
    httpStatus: 500,
    errorCode,
    nextInMs: 35_000,
    ...more,
  });
}

export function waiting(
  modelId: string,
  reason: Waiting['reason'],
  nextInMs: number | null = null,
): Waiting {
  return { type: 'waiting', modelId, reason, nextInMs };
}

/** Returns the outcome of a model that was loaded while the run waited. */
export function succeeded(modelId: string, more: Partial<Outcome> = {}): Outcome {
  return {
    modelId,
    status: 'success',
    evidence: 'change',
    imageUrl: null,
    message: 'Model reloaded',
    firstStatus: 'processing',
    lastStatus: 'success',
    requests: 2,
    startedAt: '2026-11-21T20:15:00.000Z',
    repliedAt: '2026-11-21T20:17:04.000Z',
    elapsedMs: 124_000,
    error: null,
    ...more,
  };
}

export function failed(
  modelId: string,
  code: NonNullable<Outcome['error']>['code'],
  hint = 'Do this.',
  message = 'It failed',
): Outcome {
  return succeeded(modelId, {
    status: 'error',
    evidence: null,
    error: { code, message, hint, httpStatus: null, retryAfterMs: null },
  });
}
