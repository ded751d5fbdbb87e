import { formatDuration } from '../options/duration.ts';
import { createFailure, toOutcomeError, type Failure } from '../errors.ts';
import { initialOutcome, type Outcome } from '../outcome.ts';
import { appoint } from '../state/agenda.ts';
import { elapsedMsOf, targetOf, type Change, type Result } from '../state/change.ts';
import type { Call, Wait } from '../state/call.ts';
import type { State, Target } from '../state/state.ts';
import { describeImage } from '../targets/image.ts';
import { isAccepted, lastKnown, wasAccepted } from '../targets/target.ts';
import { forget, imageKey, leaveTarget, listKey, reloadKey } from './memory.ts';
import { lineMs } from './line.ts';
import { saveWait } from './saved-wait.ts';

/** Returns the deadline of a call; Infinity if its model has not started and the line is open. */
export function deadlineOf({ line }: State, call: Call): number {
  if (call.begunAt !== null) return call.begunAt + call.timeoutMs;
  if (line.closed === null) return Infinity;
  return Math.max(line.closed.at, call.listStartedAt) + call.timeoutMs;
}

/** Makes sure that a call ends at its deadline, which only moves to a later time than the one that is appointed. */
export function appointDeadline({ state, now }: Change, call: Call): void {
  appoint(state.agenda, Math.min(deadlineOf(state, call), now + call.timeoutMs), call.id);
}

/** Ends a call if its deadline has passed. */
export function checkDeadline(change: Change, call: Call): void {
  if (deadlineOf(change.state, call) > change.now) appointDeadline(change, call);
  else settle(change, call, failureOfDeadline(change, call));
}

function failureOfDeadline({ state }: Change, call: Call): Failure {
  if (state.fault !== null) return createFailure('network_error', state.fault);
  const target = targetOf(state, call);
  const limit = formatDuration(call.timeoutMs);
  const rejection = isAccepted(target) ? null : (state.line.closed?.failure ?? null);
  const reason = rejection ?? (wasAccepted(target) ? null : (call.seen.last?.failure ?? null));
  if (reason)
    return { ...reason, message: `${reason.message}, and the deadline of ${limit} passed` };
  const message = `The deadline of ${limit} passed; ${describeLast(target, call)}`;
  return createFailure('wait_timeout', message);
}

/** Returns the failure of a call whose signal aborted. */
export function failureOfAbort({ state }: Change, call: Call): Failure {
  const target = state.targets[call.target];
  return createFailure('aborted', `Ended early; ${describeLast(target, call)}`);
}

function describeLast(target: Target | undefined, { seen }: Call): string {
  if (seen.last) return `last reply: ${seen.last.words}`;
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
  const { untilAt, failure } = wait;
  if (failure && (untilAt ?? 0) > deadlineOf(state, call)) return settle(change, call, failure);
  if (call.isStep && wait.reason !== 'slot') {
    return settleStep(change, call, untilAt ?? now + lineMs(state, now));
  }
  const reason = wait.reason ?? (call.seen.replies === 0 ? 'pause' : null);
  const { modelId } = call;
  if (reason === null || !call.hasListener || modelId === null) return;
  const nextInMs = untilAt === null ? null : Math.max(0, Math.round(untilAt - now));
  const event = { type: 'waiting', modelId, reason, nextInMs } as const;
  effects.push({ type: 'report', id: call.id, event });
}

/** Ends a call. The failure is null if it has reached its goal. */
export function settle(change: Change, call: Call, failure: Failure | null): void {
  const target = change.state.targets[call.target];
  if (target && target.request !== null && target.calls[call.id]) call.seen.requests++;
  const outcome = describeOutcome(change, call, failure);
  const ids = target?.kind === 'list' ? target.ids : null;
  const saved = call.isStep ? saveWait(change, call, true) : null;
  end(change, call, {
    outcome,
    failure,
    ids,
    step: saved && { saved, nextAt: null, pauseMs: null },
  });
}

/** Ends a step whose wait goes on, because its next request cannot be sent before `earliestAt`. */
export function settleStep(change: Change, call: Call, earliestAt: number): void {
  const { state, now } = change;
  const nextAt = Math.min(Math.max(earliestAt, now), deadlineOf(state, call));
  const saved = saveWait(change, call, false);
  end(change, call, { step: { saved, nextAt, pauseMs: lineMs(state, now) || null } });
}

/** Ends a call after an error in a transition, without relying on the rest of the state. */
export function abandon(change: Change, id: string, error: unknown): void {
  const call = change.state.calls[id];
  if (call === undefined) return;
  const failure = createFailure('unexpected_response', `Internal error: ${String(error)}`);
  const outcome = initialOutcome(call.modelId ?? '', call.startedWall, {
    elapsedMs: elapsedMsOf(change, call),
    error: toOutcomeError(failure),
  });
  end(change, call, { outcome, failure });
}

function end(change: Change, call: Call, known: Partial<Result>): void {
  const result = { outcome: null, failure: null, ids: null, step: null, ...known };
  change.effects.push({ type: 'settle', id: call.id, result });
  removeCall(change, call, result.failure !== null && result.failure.code !== 'aborted');
}

/** Removes a call, and gives up what nobody waits for any more. */
export function removeCall(change: Change, call: Call, isTimedOut: boolean): void {
  const { state } = change;
  delete state.calls[call.id];
  state.callCount--;
  leaveTarget(change, call, isTimedOut);
  if (!call.isStep) return;
  for (const key of [reloadKey(call), imageKey(call), listKey(call)]) forget(state, key);
}

function describeOutcome(change: Change, call: Call, failure: Failure | null): Outcome {
  const { state } = change;
  const reload = state.targets[reloadKey(call)];
  const image = call.isChecking ? state.targets[imageKey(call)] : undefined;
  return initialOutcome(call.modelId ?? '', call.startedWall, {
    ...(reload?.kind === 'reload' && reload.wait),
    ...(image?.kind === 'image' && describeImage(image, failure === null)),
    requests: call.seen.requests,
    elapsedMs: elapsedMsOf(change, call),
    error: failure && toOutcomeError(failure),
  });
}
