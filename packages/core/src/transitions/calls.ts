import { formatDuration } from '../options/duration.ts';
import { createFailure, toOutcomeError, type Failure } from '../errors.ts';
import { initialOutcome, type Outcome } from '../outcome.ts';
import { appoint } from '../state/agenda.ts';
import { targetOf, type Change } from '../state/change.ts';
import { imageKey, initialWait, reloadKey } from '../state/create.ts';
import type { Call, State, Target, Wait } from '../state/state.ts';
import { describeImage } from '../targets/image.ts';
import { isAccepted, lastKnown, wasAccepted } from '../targets/target.ts';
import { leaveTarget } from './memory.ts';
import { pauseMsOf, saveWait } from './saved-wait.ts';

/** Returns the deadline of a call; null if its model has not started and the line is open. */
export function deadlineOf({ line }: State, call: Call): number | null {
  if (call.begunAt !== null) return call.begunAt + call.timeoutMs;
  if (line.closed === null) return null;
  return Math.max(line.closed.at, call.listStartedAt) + call.timeoutMs;
}

/** Makes sure that a call ends at its deadline. */
export function appointDeadline(state: State, call: Call): void {
  const at = deadlineOf(state, call);
  if (at !== null) appoint(state.agenda, at, call.id);
}

/** Starts the deadlines of the calls that waited for the first request of their model. */
export function startDeadlines({ state, now }: Change, target: Target): void {
  for (const id of Object.keys(target.calls)) {
    const call = state.calls[id];
    if (call === undefined || call.begunAt !== null) continue;
    call.begunAt = now;
    appointDeadline(state, call);
  }
}

/** Ends a call whose deadline has passed. */
export function endCallAtDeadline(change: Change, call: Call): void {
  const at = deadlineOf(change.state, call);
  if (at === null) return;
  if (at > change.now) appointDeadline(change.state, call);
  else settle(change, call, failureOfDeadline(change, call));
}

function failureOfDeadline({ state }: Change, call: Call): Failure {
  const target = targetOf(state, call);
  const limit = formatDuration(call.timeoutMs);
  const rejection = isAccepted(target) ? null : (state.line.closed?.failure ?? null);
  const reason = rejection ?? (wasAccepted(target) ? null : (call.last?.failure ?? null));
  if (reason)
    return { ...reason, message: `${reason.message}, and the deadline of ${limit} passed` };
  const message = `The deadline of ${limit} passed; ${describeLast(target, call)}`;
  return createFailure('wait_timeout', message);
}

/** Ends the calls of an image check that none of them may pay for. */
export function endAtImageLimit(change: Change, target: Target): void {
  const failure = createFailure('image_limit', 'The images that the list may request are used up');
  for (const id of Object.keys(target.calls)) {
    const call = change.state.calls[id];
    if (call) settle(change, call, failure);
  }
}

/** Returns the failure of a call whose signal aborted. */
export function failureOfAbort({ state }: Change, call: Call): Failure {
  const target = state.targets[call.target];
  return createFailure('aborted', `Ended early; ${describeLast(target, call)}`);
}

function describeLast(target: Target | undefined, { last }: Call): string {
  if (last) return `last reply: ${last.words}`;
  const known = target ? lastKnown(target) : null;
  return known === null ? 'no reply received' : `last reply, to an earlier call: ${known}`;
}

/** Returns the failure that ends a call because another request's failure ends all calls; null if none does. */
export function stoppedBy({ stop }: State, call: Call): Failure | null {
  if (stop.failure === null || stop.count <= call.stops) return null;
  const message = `Stopped because another request failed: ${stop.failure.message}`;
  return { ...stop.failure, message };
}

/** Informs a call why its model waits, or ends it if the API requested a longer wait than it has left. */
export function informCall(change: Change, call: Call, wait: Wait): void {
  const { state, now, effects } = change;
  const deadline = deadlineOf(state, call) ?? Infinity;
  if (wait.failure && (wait.untilAt ?? 0) > deadline) return settle(change, call, wait.failure);
  if (call.isStep && wait.reason !== 'slot') {
    return settleStep(change, call, wait.untilAt ?? now + (pauseMsOf(change) ?? 0));
  }
  const reason = wait.reason ?? (call.attempts === 0 ? 'pause' : null);
  if (reason === null || !call.hasListener || call.modelId === null) return;
  if (call.reported?.reason === reason && call.reported.untilAt === wait.untilAt) return;
  call.reported = { reason, untilAt: wait.untilAt };
  const nextInMs = wait.untilAt === null ? null : Math.max(0, Math.round(wait.untilAt - now));
  const event = { type: 'waiting', modelId: call.modelId, reason, nextInMs } as const;
  effects.push({ type: 'report', id: call.id, event });
}

/** Ends a call. The failure is null if it has reached its goal. */
export function settle(change: Change, call: Call, failure: Failure | null): void {
  const { state, effects } = change;
  const target = state.targets[call.target];
  if (target && target.request !== null && target.calls[call.id]) call.requests++;
  const outcome = call.modelId === null ? null : describeOutcome(change, call, failure);
  const ids = target?.kind === 'list' && failure === null ? [...(target.ids ?? [])] : null;
  const step = call.isStep
    ? { saved: saveWait(change, call, true), nextAt: null, pauseMs: null }
    : null;
  effects.push({ type: 'settle', id: call.id, result: { outcome, failure, ids, step } });
  removeCall(change, call, failure !== null && failure.code !== 'aborted');
}

/** Ends a step whose wait goes on, because its next request cannot be sent before `earliestAt`. */
export function settleStep(change: Change, call: Call, earliestAt: number): void {
  const { state, now, effects } = change;
  const deadline = deadlineOf(state, call) ?? Infinity;
  const nextAt = Math.min(Math.max(earliestAt, now), deadline);
  const step = { saved: saveWait(change, call, false), nextAt, pauseMs: pauseMsOf(change) };
  const result = { outcome: null, failure: null, ids: null, step };
  effects.push({ type: 'settle', id: call.id, result });
  removeCall(change, call, false);
}

/** Removes a call, and gives up what nobody waits for any more. */
export function removeCall(change: Change, call: Call, isTimedOut: boolean): void {
  const { state } = change;
  delete state.calls[call.id];
  state.callCount--;
  leaveTarget(change, call, isTimedOut);
  if (!call.isStep) return;
  for (const key of [reloadKey(call), imageKey(call)]) {
    if (!(key in state.targets)) continue;
    delete state.targets[key];
    state.targetCount--;
  }
}

/** Ends a call after an error in a transition, without relying on the rest of the state. */
export function abandon(change: Change, id: string, error: unknown): void {
  const { state, now, effects } = change;
  const call = state.calls[id];
  if (call === undefined) return;
  const failure = createFailure('unexpected_response', `Internal error: ${String(error)}`);
  const outcome = initialOutcome(call.modelId ?? '', call.startedWall, {
    elapsedMs: Math.max(0, Math.round(now - call.startedAt)),
    error: toOutcomeError(failure),
  });
  effects.push({ type: 'settle', id, result: { outcome, failure, ids: null, step: null } });
  removeCall(change, call, true);
}

function describeOutcome({ state, now }: Change, call: Call, failure: Failure | null): Outcome {
  const known = state.targets[call.target];
  const reload = known?.kind === 'reload' ? known : state.targets[reloadKey(call)];
  const image = call.isChecking ? state.targets[imageKey(call)] : undefined;
  return {
    ...initialOutcome(call.modelId ?? '', call.startedWall, {
      ...(reload?.kind === 'reload' ? reload.wait : initialWait()),
      ...(image?.kind === 'image' && describeImage(image, failure === null)),
    }),
    requests: call.requests,
    elapsedMs: Math.max(0, Math.round(now - call.startedAt)),
    error: failure && toOutcomeError(failure),
  };
}
