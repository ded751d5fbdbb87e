import { createFailure, type Failure } from '../errors.ts';
import { parseModelList } from '../protocol/parse-model-list.ts';
import type { ParsedReply } from '../protocol/parse-reply.ts';
import type { Change } from '../state/change.ts';
import type { ListTarget } from '../state/state.ts';
import { afterFailure, resetInterval } from './interval.ts';
import { waitUntil } from './next-at.ts';
import { isQueueFull } from './replies.ts';

export function receiveList(
  { now, rules }: Change,
  target: ListTarget,
  reply: ParsedReply,
): Failure | null {
  target.ids = parseModelList(reply, rules.redact);
  if (target.ids !== null) {
    resetInterval(target.interval);
    return null;
  }
  const failed = reply.failure ?? failureOfList(reply);
  // A proxy's error page is not a reply about the list, so it is retried.
  const isRetryable = failed.retryable || reply.failure?.code === 'unexpected_response';
  const failure = { ...failed, retryable: isRetryable };
  if (isQueueFull(failure)) return failure;
  const waitMs = isRetryable ? afterFailure(target.interval, rules, failure) : 0;
  waitUntil(target, now + waitMs, failure, now);
  return failure;
}

function failureOfList({ status, httpStatus }: ParsedReply): Failure {
  const what = status === 'success' ? 'no list of model ids' : `the status '${status}'`;
  return createFailure('unexpected_response', `The list of trained models has ${what}`, {
    httpStatus,
  });
}
