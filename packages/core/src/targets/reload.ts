import type { Failure } from '../errors.ts';
import { isAccepted, type ParsedReply } from '../protocol/parse-reply.ts';
import type { ApiCall } from '../protocol/requests.ts';
import { readEta } from '../protocol/retry-after.ts';
import { callsOf, type Change } from '../state/change.ts';
import { createShared, type ReloadTarget } from '../state/state.ts';
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
    const untilAt = isAccepted(reply) ? target.nextAt : (target.accepted?.untilAt ?? 0);
    target.accepted = { at: now, wall: change.wall, untilAt };
    return null;
  }
  wait.evidence = wait.status === 'processing' ? 'change' : 'reply';
  wait.status = 'success';
  target.hasEnded = true;
  waitUntil(target, now + requestIntervalMs(rules), null, now);
  return null;
}

function applyFailure(change: Change, target: ReloadTarget, failed: Failure): Failure {
  const { now, rules } = change;
  const isWaiting = target.wait.status === 'processing';
  const isRetryable = failed.retryable || (isWaiting && failed.code === 'unexpected_response');
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
  const { accepted } = target;
  if (accepted === null || ageMs(change, accepted) > MAX_ACCEPTANCE_AGE_MS) beginWait(target);
}

function beginWait(target: ReloadTarget): void {
  target.wait = createShared();
  target.hasEnded = false;
  target.accepted = null;
  target.failure = null;
  resetInterval(target.interval);
}

/** Returns an estimate of the remaining load; null if it is later than every deadline, so that polling goes on. */
function usableEta(change: Change, target: ReloadTarget, etaMs: number | null): number | null {
  if (etaMs === null) return null;
  const { state, now } = change;
  const isLate = callsOf(state, target).every(
    ({ begunAt, timeoutMs }) => (begunAt ?? now) + timeoutMs - now <= etaMs,
  );
  return isLate ? null : etaMs;
}
