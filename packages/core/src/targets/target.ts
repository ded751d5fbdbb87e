import type { Failure } from '../errors.ts';
import {
  isAccepted as acceptsCall,
  type ParsedReply,
  type ReplyWords,
} from '../protocol/parse-reply.ts';
import type { ApiCall } from '../protocol/requests.ts';
import type { Change } from '../state/change.ts';
import type { Call } from '../state/call.ts';
import type { Known, Target } from '../state/state.ts';
import { expireImage, receiveImage, requestImage } from './image.ts';
import { resetInterval } from './interval.ts';
import { receiveList } from './list.ts';
import { isBefore } from './next-at.ts';
import { expireReload, receiveReload, requestReload } from './reload.ts';

/** Returns whether the API has accepted a target. If not, it waits in line while the account's queue is full. */
export function isAccepted(target: Known): boolean {
  return (
    target.kind === 'image' || (target.kind === 'reload' && target.wait.status === 'processing')
  );
}

/** Returns whether a target was ever accepted in its wait, so that only deadlines limit retries. */
export function wasAccepted(target: Target): boolean {
  return target.kind === 'image' || (target.kind === 'reload' && target.wait.status !== 'error');
}

/** Returns the next request of a target, and starts a new wait if the last one has ended. */
export function nextRequest(target: Target): ApiCall {
  if (target.kind === 'reload') return requestReload(target);
  if (target.kind === 'image') return requestImage(target);
  return { call: 'listTrainedModels' };
}

/** Applies a reply to its target, sets `nextAt`, and returns the failure with its final `retryable`. */
export function receive(change: Change, target: Target, reply: ParsedReply): Failure | null {
  const { status, httpStatus, apiStatus, apiMessage } = reply;
  target.replied = {
    at: change.now,
    wall: change.wall,
    request: target.sent,
    reply: { status, httpStatus, apiStatus, apiMessage },
    failure: null,
  };
  target.replied.failure = applyToTarget(change, target, reply);
  return target.replied.failure;
}

function applyToTarget(change: Change, target: Target, reply: ParsedReply): Failure | null {
  if (target.kind === 'reload') return receiveReload(change, target, reply);
  if (target.kind === 'image') return receiveImage(change, target, reply);
  return receiveList(change, target, reply);
}

/** Discards what has expired while a target had no callers. */
export function expire(change: Change, target: Target): void {
  if (target.kind === 'reload') expireReload(change, target);
  else if (target.kind === 'image') expireImage(change, target);
  else resetInterval(target.interval);
}

/** Returns the final failure that new calls still get, instead of a request within the interval. */
export function rememberedFailure(change: Change, target: Target): Failure | null {
  if (target.kind === 'list' || target.failure === null) return null;
  return isBefore(change, target, target.nextAt) ? target.failure : null;
}

/** Returns the last known status and message of a target; null without one. */
export function lastKnown(target: Target): string | null {
  if (target.kind !== 'reload') return null;
  const { lastStatus, message } = target.wait;
  return [lastStatus, message].filter(Boolean).join(', ') || null;
}

/** Returns whether the last reply, which was no failure, reaches what a call waits for. */
export function isReached(call: Call, target: Target, reply: ReplyWords): boolean {
  if (target.kind === 'list') return true;
  if (target.kind === 'image') return target.url !== null;
  if (target.wait.status === 'success') return true;
  return call.until === 'accepted' && acceptsCall(reply);
}
