import { formatDuration } from '../options/duration.ts';
import { createFailure, type Failure } from '../errors.ts';
import type { ParsedReply } from '../protocol/parse-reply.ts';
import type { OpenRequest, State } from '../state/state.ts';

/**
 * Returns whether a final failure ends every waiting call, because any other request would fail as well. It
 * is not reused for later callers, because the account may have new credits or a valid key by then.
 */
export function endsAllCalls({ code }: Pick<Failure, 'code'>): boolean {
  return code === 'unauthorized' || code === 'payment_required';
}

/** Returns whether the account's queue is full: the line or the client's pause then delays the next request. */
export function isQueueFull({ code, scope }: Failure): boolean {
  return code === 'rate_limited' && scope === 'account';
}

/** Returns whether the API requested a wait, rather than the interval. */
export function requestsWait({ code, retryAfterMs }: Failure): boolean {
  return code === 'rate_limited' || retryAfterMs !== null;
}

/** Returns what stands for the reply to a request that got none. */
export function withoutReply(failure: Failure): ParsedReply {
  return {
    status: 'error',
    httpStatus: null,
    isApiReply: false,
    apiStatus: null,
    apiMessage: null,
    body: {},
    failure,
  };
}

/** Returns what stands for the reply to a request that took too long. */
export function timedOut(requestTimeoutMs: number): ParsedReply {
  const message = `No complete reply within ${formatDuration(requestTimeoutMs)}`;
  return withoutReply(createFailure('request_timeout', message));
}

/**
 * Learns from a reply whether the API accepts the key; returns the reply's failure. The first 401 after the API accepted the
 * key is retryable, because it may be a server error. It becomes final if a request that was sent after it also returns 401
 * and no request was accepted in between.
 */
export function retryFirst401(
  state: State,
  { number }: OpenRequest,
  failure: Failure | null,
): Failure | null {
  const { key, sent } = state;
  if (failure === null) state.key = { isAccepted: true, doubtedAfter: null };
  const isFirst = key.doubtedAfter === null || number <= key.doubtedAfter;
  if (failure?.code !== 'unauthorized' || !key.isAccepted || !isFirst) return failure;
  key.doubtedAfter ??= sent;
  return { ...failure, retryable: true };
}
