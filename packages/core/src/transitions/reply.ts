import type { Failure } from '../errors.ts';
import type { ParsedReply, ReplyWords } from '../protocol/parse-reply.ts';
import { callsOf, elapsedMsOf, targetOf, type Change } from '../state/change.ts';
import type { Call } from '../state/call.ts';
import type { OpenRequest, State, Target } from '../state/state.ts';
import { endsAllCalls, isQueueFull, requestsWait, retryFirst401 } from '../targets/replies.ts';
import { isAccepted, isReached, receive, wasAccepted } from '../targets/target.ts';
import { deadlineOf, settle, settleStep, stoppedBy } from './calls.ts';
import { startCheck } from './join.ts';
import { applyToLine, closeLine, pauseClient } from './line.ts';
import { imageOf } from './memory.ts';
import { returnToPlace } from './ready.ts';

/** Retries while nothing was sent; used unless `maxRetries` is 0. */
const MAX_UNSENT_RETRIES = 5;

/** Applies the reply to an open request, or what stands for it, to the account, to its target and to its calls. */
export function receiveReply(change: Change, request: OpenRequest, reply: ParsedReply): void {
  const { state } = change;
  const target = state.targets[request.key];
  state.open = state.open.filter(({ number }) => number !== request.number);
  if (target === undefined) return;
  target.request = null;
  const given = retryFirst401(state, request, reply.failure);
  const failure = receive(change, target, { ...reply, failure: given });
  applyReply(change, request, { target, reply, failure });
}

/** Applies a reply that a target has received to the account and to the target's calls. */
export function applyReply(
  change: Change,
  request: OpenRequest,
  { target, reply, failure }: Omit<Exchange, 'inLine'>,
): void {
  const { state } = change;
  if (failure?.code !== 'rate_limited') state.pause.rejections.count = 0;
  const isFull = failure !== null && isQueueFull(failure);
  // A model that is not accepted waits in line, where it keeps its place; for an accepted one the whole client pauses.
  const inLine = isFull && request.isFirst;
  if (inLine) {
    closeLine(change, request, failure);
    if (!state.isFollower) returnToPlace(state, target);
  } else {
    target.place = null;
    if (isFull) pauseClient(change, request, failure);
  }
  if (!isFull) applyToLine(change, request, target, reply.status);
  for (const call of callsOf(state, target)) {
    applyToCall(change, call, { target, reply, failure, inLine });
  }
  if (failure && !failure.retryable && endsAllCalls(failure)) stopAll(change, failure);
  change.touched.add(target);
}

interface Exchange {
  target: Target;
  reply: ReplyWords;
  /** The failure; the state of the target has decided whether it is retryable. */
  failure: Failure | null;
  /** Whether the target is in line, because the queue was full. */
  inLine: boolean;
}

/** Shows a reply to one call, which it may end. */
function applyToCall(change: Change, call: Call, exchange: Exchange): void {
  const { state, now, effects } = change;
  const { target, reply, failure, inLine } = exchange;
  const { seen } = call;
  const words = [reply.apiStatus, reply.apiMessage].filter(Boolean).join(', ');
  seen.replies++;
  seen.last = { words: failure?.message ?? words, failure };
  if (failure?.maybeSent !== false) seen.requests++;
  const end = failure && endOf(change, call, exchange, failure);
  const reached = failure === null && isReached(call, target, reply);
  const isChecked = reached && target.kind === 'reload' && call.until === 'image';
  if (call.hasListener && call.modelId !== null) {
    const nextAt = isChecked ? imageOf(state, call).nextAt : earliestOf(state, target);
    const nextInMs = Math.max(0, Math.round(nextAt - now));
    const isInTime = !end && now + nextInMs < deadlineOf(state, call);
    const event = {
      type: 'reply',
      modelId: call.modelId,
      attempt: seen.replies,
      status: failure ? 'error' : reply.status,
      message: failure?.message ?? reply.apiMessage,
      httpStatus: reply.httpStatus,
      errorCode: failure?.code ?? null,
      elapsedMs: elapsedMsOf(change, call),
      nextInMs: (reached ? isChecked : isInTime) ? nextInMs : null,
    } as const;
    effects.push({ type: 'report', id: call.id, event });
  }
  if (!inLine && call.isListed) effects.push({ type: 'begun', id: call.id });
  const over = end ?? (reached ? null : stoppedBy(state, call));
  if (over || (reached && !isChecked)) return settle(change, call, over);
  if (isChecked) startCheck(change, call);
  if (!call.isStep || !state.calls[call.id]) return;
  const nextAt = earliestOf(state, targetOf(state, call));
  // The API requested a longer wait than the call has left.
  const isTooLong = failure && requestsWait(failure) && nextAt > deadlineOf(state, call);
  if (isTooLong) settle(change, call, failure);
  else settleStep(change, call, nextAt);
}

/** Returns the failure if it ends the wait of a call; null if that continues. */
function endOf(
  { rules: { maxRetries } }: Change,
  call: Call,
  { target, inLine }: Exchange,
  failure: Failure,
): Failure | null {
  if (!failure.retryable) return failure;
  const { seen } = call;
  const isWaiting = wasAccepted(target);
  if (!failure.maybeSent) {
    const maxUnsent = maxRetries === 0 ? 0 : MAX_UNSENT_RETRIES;
    return isWaiting || seen.unsent++ < maxUnsent ? null : failure;
  }
  seen.unsent = 0;
  // In line, the deadline is that of the line.
  if (inLine && call.isListed) call.begunAt = null;
  const isBounded = failure.code !== 'rate_limited' && !isWaiting;
  return isBounded && seen.retries++ >= maxRetries ? failure : null;
}

/** Returns the earliest time of a target's next request. */
function earliestOf({ pause, line }: State, target: Target): number {
  const lineAt = isAccepted(target) ? 0 : (line.closed?.notBeforeAt ?? 0);
  return Math.max(target.nextAt, pause.untilAt, lineAt);
}

/** Ends all waiting calls but those with an open request, which end after its reply. */
function stopAll(change: Change, failure: Failure): void {
  const { state } = change;
  state.stop = { count: state.stop.count + 1, failure };
  for (const call of Object.values(state.calls)) {
    const stop = targetOf(state, call).request === null ? stoppedBy(state, call) : null;
    if (stop) settle(change, call, stop);
  }
}
