import { targetOf, type Change, type Event } from '../state/change.ts';
import { createCall, type Call } from '../state/call.ts';
import type { Target } from '../state/state.ts';
import { subjectOf } from '../state/subject.ts';
import { ageMs, isBefore } from '../targets/next-at.ts';
import { expire, isAccepted, rememberedFailure } from '../targets/target.ts';
import { appointDeadline, failureOfAbort, removeCall, settle, stoppedBy } from './calls.ts';
import { endUnpolledLoad } from './line.ts';
import { imageOf, leaveTarget, listOf, releaseTarget, reloadOf } from './memory.ts';
import { restoreWait } from './saved-wait.ts';

/** Maximum time that a wait requested by the API applies to later callers. */
const MAX_REMEMBERED_WAIT_MS = 600_000;

/** Adds a call: what is known answers it, or it waits for its target. */
export function join(
  change: Change,
  { id, start, saved, isAborted }: Event & { type: 'join' },
): void {
  const { state } = change;
  const call = createCall(id, { stops: state.stop.count, ...start });
  if (state.callCount === 0) capAccountWaits(change);
  state.calls[id] = call;
  state.callCount++;
  change.joined = call;
  const isContinued = saved != null && restoreWait(change, call, saved);
  if (call.isChecking) enter(change, call, imageOf(state, call), isContinued);
  else answer(change, call, isContinued);
  if (isAborted) leave(change, id);
}

/** Ends a call if what is known suffices. Otherwise it waits, or goes on to wait. */
export function answer(change: Change, call: Call, isContinued = false): void {
  if (call.modelId === null) enter(change, call, listOf(change.state, call));
  else if (call.isChecking || (call.until === 'image' && isImageFresh(change, call))) {
    startCheck(change, call);
  } else startReload(change, call, isContinued);
}

function startReload(change: Change, call: Call, isContinued: boolean): void {
  const reload = reloadOf(change.state, call);
  const isKnown =
    (reload.wait.status === 'success' && isFresh(change, call, reload)) ||
    (call.until === 'accepted' && isBefore(change, reload, reload.accepted?.untilAt ?? 0));
  if (isKnown && call.until === 'image') return startCheck(change, call);
  const failure = isKnown ? null : rememberedFailure(change, reload);
  if (isKnown || failure) settle(change, call, failure);
  else enter(change, call, reload, isContinued);
}

/** Lets a call whose model has succeeded wait for the image, unless what is known answers it. */
export function startCheck(change: Change, call: Call): void {
  const image = imageOf(change.state, call);
  const failure = rememberedFailure(change, image);
  call.isChecking = true;
  if (isImageFresh(change, call)) return settle(change, call, null);
  if (failure) return settle(change, call, failure);
  if (image.calls[call.id]) return;
  leaveTarget(change, call, false);
  Object.assign(call.seen, { retries: 0, unsent: 0, last: null });
  enter(change, call, image);
}

/** @param isContinued whether the call began in an earlier step, so that nothing has expired */
function enter(change: Change, call: Call, target: Target, isContinued = false): void {
  const { state, now, effects } = change;
  if (target.calls[call.id]) return;
  if (target.callers === 0 && !isContinued) {
    const latest = (target.requested?.at ?? Infinity) + MAX_REMEMBERED_WAIT_MS;
    target.nextAt = Math.min(target.nextAt, latest);
    expire(change, target);
    endUnpolledLoad(change, target);
  }
  call.target = target.key;
  target.calls[call.id] = true;
  if (state.isFollower && target.callers === 0) {
    effects.push({ type: 'follow', subject: subjectOf(target), isFollowed: true });
  }
  if (!call.isAbsent) target.callers++;
  if (target.request !== null || isAccepted(target)) call.begunAt ??= now;
  appointDeadline(change, call);
  const stop = stoppedBy(state, call);
  // An open request is not given up, so that its result is not lost.
  if (stop && target.request === null) settle(change, call, stop);
  else change.touched.add(target);
}

function capAccountWaits({ state, now }: Change): void {
  const { pause } = state;
  const { closed } = state.line;
  pause.untilAt = Math.min(pause.untilAt, pause.at + MAX_REMEMBERED_WAIT_MS);
  if (closed === null) return;
  if (now > Math.max(closed.at, closed.notBeforeAt) + MAX_REMEMBERED_WAIT_MS) {
    state.line.closed = null;
    return;
  }
  closed.notBeforeAt = Math.min(closed.notBeforeAt, now + MAX_REMEMBERED_WAIT_MS);
  closed.tryAt = Math.min(closed.tryAt, now + MAX_REMEMBERED_WAIT_MS);
}

/** Returns whether the last reply is recent enough to answer a call without a request. */
function isFresh(change: Change, { maxAgeMs }: Call, { replied }: Target): boolean {
  return maxAgeMs > 0 && replied !== null && ageMs(change, replied) <= maxAgeMs;
}

function isImageFresh(change: Change, call: Call): boolean {
  const image = imageOf(change.state, call);
  return image.url !== null && isFresh(change, call, image);
}

/** Ends a call because its signal aborted. */
export function leave(change: Change, id: string): void {
  const call = change.state.calls[id];
  if (call) settle(change, call, failureOfAbort(change, call));
}

/** Removes a call without a result. */
export function drop(change: Change, id: string): void {
  const call = change.state.calls[id];
  if (call) removeCall(change, call, false);
}

/** Records whether something runs for a call. */
export function setPresence(change: Change, id: string, isAbsent: boolean): void {
  const { state } = change;
  const call = state.calls[id];
  if (!call || call.isAbsent === isAbsent) return;
  const target = targetOf(state, call);
  call.isAbsent = isAbsent;
  target.callers += isAbsent ? -1 : 1;
  if (target.callers === 0) releaseTarget(change, target, false);
  else change.touched.add(target);
}
