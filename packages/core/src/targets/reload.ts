import type { Failure } from '../errors.ts';
import { isAccepted, type ParsedReply } from '../protocol/parse-reply.ts';
import type { ApiCall } from '../protocol/requests.ts';
import { readEta } from '../protocol/retry-after.ts';
import type { Change } from '../state/change.ts';
import { initialWait } from '../state/create.ts';
import type { ReloadTarget } from '../state/state.ts';
import { afterFailure, afterProcessing, requestIntervalMs, resetInterval } from './interval.ts';
import { ageMs, MAX_ACCEPTANCE_AGE_MS, waitUntil } from './next-at.ts';
import { endsAllCalls, isQueueFull } from './replies.ts';

/** Returns the next request; the first one after the end of a wait starts another. */
export function requestReload(target: ReloadTarget): ApiCall {
  if (target.hasEnded) beginWait(target);
  return { call: 'reload', fields: { model_id: target.modelId } };
}

export function receiveReload(
  change: Change,
  target: ReloadTarget,
  reply: ParsedReply,
): Failure | null {
  const { now, rules } = change;
  const { wait } = target;
  if (reply.isApiReply) {
    wait.message = reply.apiMessage;
    wait.firstStatus ??= reply.apiStatus;
    wait.lastStatus = reply.apiStatus ?? wait.lastStatus;
    wait.repliedAt = new Date(change.wall).toISOString();
  }
  if (reply.failure) return applyFailure(change, target, reply.failure);
  if (reply.status === 'processing') {
    wait.status = 'processing';
    const etaMs = usableEta(change, target, readEta(reply.body));
    waitUntil(target, now + afterProcessing(target.interval, rules, etaMs), null, now);
    if (isAccepted(reply)) target.acceptedUntilAt = target.nextAt;
    target.processingAt = now;
    return null;
  }
  wait.evidence = wait.status === 'processing' ? 'change' : 'reply';
  wait.status = 'success';
  target.hasEnded = true;
  target.succeededAt = now;
  waitUntil(target, now + requestIntervalMs(rules), null, now);
  return null;
}

function applyFailure(change: Change, target: ReloadTarget, failed: Failure): Failure {
  const { now, rules } = change;
  const isWaiting = target.wait.status === 'processing';
  const isRetryable = failed.retryable || (isWaiting && failed.retryableAfterAcceptance);
  const failure = { ...failed, retryable: isRetryable };
  // The line or the client's pause delays the next request.
  if (isQueueFull(failure)) return failure;
  if (!isRetryable) {
    target.wait.status = 'error';
    target.hasEnded = true;
    target.failure = endsAllCalls(failure) ? null : failure;
  }
  const waitMs = isRetryable
    ? afterFailure(target.interval, rules, failure)
    : requestIntervalMs(rules);
  waitUntil(target, now + waitMs, failure, now);
  return failure;
}

/** Discards an acceptance that is too old, and what is known of a wait that was never accepted. */
export function expireReload(change: Change, target: ReloadTarget): void {
  if (target.hasEnded) return;
  const { processingAt, replied } = target;
  const isStale =
    processingAt === null ||
    ageMs(change, processingAt, replied?.wall ?? change.wall) > MAX_ACCEPTANCE_AGE_MS;
  if (target.wait.status !== 'processing' || isStale) beginWait(target);
}

function beginWait(target: ReloadTarget): void {
  target.wait = initialWait();
  target.hasEnded = false;
  target.succeededAt = null;
  target.acceptedUntilAt = 0;
  target.processingAt = null;
  target.failure = null;
  resetInterval(target.interval);
}

/** Returns an estimate of the remaining load; null if it is later than every deadline, so that polling goes on. */
function usableEta(change: Change, target: ReloadTarget, etaMs: number | null): number | null {
  if (etaMs === null) return null;
  for (const id of Object.keys(target.calls)) {
    const call = change.state.calls[id];
    if (call && (call.begunAt ?? change.now) + call.timeoutMs - change.now > etaMs) return etaMs;
  }
  return null;
}
