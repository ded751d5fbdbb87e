import type { Failure } from '../errors.ts';
import type { ParsedReply } from '../protocol/parse-reply.ts';
import { wakeTarget } from '../state/agenda.ts';
import type { Change } from '../state/change.ts';
import { createClosedLine } from '../state/state.ts';
import type { OpenRequest, State, Target } from '../state/state.ts';
import { LOADING_SCHEDULE_MS, rateLimitMs } from '../targets/interval.ts';

/** If a reply takes longer than this, the API replies only when the model is loaded. */
const QUICK_REPLY_MS = 30_000;

/** No load is known to take less: an older one may have ended unnoticed. */
const YOUNG_MS = 60_000;

/** After so many acceptances for each place in the queue and no rejection, it may have become longer. */
const ROUNDS_PER_TRIAL = 2;

const MAX_TRIAL_WAIT_MS = 600_000;

/** Time for the event that may open the line. */
const UNKNOWN_MS = 1000;
/** Time for news of a load that other processes may poll. */
const NEWS_MS = 15_000;

/** Counts a rejection because the account's queue is full. Requests that were open at the same time count as one. */
function countRejection(
  { rejections }: Pick<State['pause'], 'rejections'>,
  number: number,
  sent: number,
): void {
  if (number > rejections.lastSent) {
    rejections.count++;
    rejections.lastSent = sent;
  }
  // A request that was open with a rejected one may be rejected after a reset.
  rejections.count = Math.max(rejections.count, 1);
}

/** Records that a poll of an accepted model was rejected: the whole client waits. */
export function pauseClient(change: Change, request: OpenRequest, failure: Failure): void {
  const { pause } = change.state;
  countRejection(pause, request.number, change.state.sent);
  const waitMs = rateLimitMs(failure, pause.rejections.count, change.rules.random);
  pause.untilAt = Math.max(pause.untilAt, change.now + waitMs);
  pause.at = change.now;
  pause.failure = failure;
}

/** Records that a first request was rejected: the line closes, or stays closed. */
export function closeLine(change: Change, request: OpenRequest, failure: Failure): void {
  const { now, state } = change;
  const { line } = state;
  countRejection(line, request.number, state.sent);
  // The doubling below stands for that of consecutive rejections.
  const waitMs = rateLimitMs(failure, 1, change.rules.random);
  const closed = (line.closed ??= createClosedLine(now, failure, line.loads));
  closed.failure = failure;
  closed.acceptances = 0;
  // Otherwise a load that nobody polls may only seem to have ended.
  if (line.reportsProcessing) closed.limit = Math.min(closed.limit, line.loads);
  if (closed.trial === request.number) closed.doublings++;
  // A trial that is still open proves nothing any more.
  closed.trial = null;
  const afterMs = (doublings: number) =>
    now + Math.max(waitMs, Math.min(waitMs * 2 ** doublings, MAX_TRIAL_WAIT_MS));
  closed.notBeforeAt = Math.max(closed.notBeforeAt, afterMs(line.rejections.count - 1));
  closed.tryAt = Math.max(closed.notBeforeAt, afterMs(closed.doublings));
}

/** Returns when the next model may start; null if that depends on an event. */
export function lineOpensAt(state: State, now: number): number | null {
  const { closed, loads } = state.line;
  if (closed === null) return now;
  if (closed.notBeforeAt > now) return closed.notBeforeAt;
  const firsts = state.open.filter((request) => request.isFirst).length;
  if (loads + firsts < closed.limit) return now;
  if (firsts > 0 || mayHaveLoaded(state, now)) return null;
  const isDue = closed.limit > 0 && closed.acceptances >= ROUNDS_PER_TRIAL * closed.limit;
  return isDue ? now : Math.max(now, closed.tryAt);
}

/** Returns for how long no model should start, in milliseconds: 0 if one may. */
export function lineMs(state: State, now: number): number {
  const { closed, order } = state.line;
  // Else an event opens it: the next poll of the oldest load, or the reply to a request that is open.
  const pollAt = state.targets[order[0]?.key ?? '']?.nextAt ?? 0;
  const eventAt = Math.max(closed?.tryAt ?? 0, pollAt, now) + UNKNOWN_MS;
  return (lineOpensAt(state, now) ?? eventAt) - now;
}

/** Records that a first request is sent; beyond the limit, it is a trial. */
export function passLine({ line, sent }: State): void {
  const { closed } = line;
  if (closed === null || line.loads < closed.limit) return;
  closed.trial = sent;
  closed.acceptances = 0;
}

/** Records any result of a request but a full queue. */
export function applyToLine(
  change: Change,
  request: OpenRequest,
  target: Target,
  status: ParsedReply['status'],
): void {
  const { state, now } = change;
  const { line } = state;
  line.reportsProcessing ||= status === 'processing';
  if (target.kind !== 'reload') return leaveLine(state, request, false);
  // A quick 'success' may mean only accepted: the model may still be loading.
  const isQuick = now - request.sentAt < QUICK_REPLY_MS;
  const mayLoad = status === 'success' && !line.reportsProcessing && isQuick;
  const isLoading = request.isFirst && (status === 'processing' || mayLoad);
  if (isLoading) beginLoad(change, target, !mayLoad);
  else if (target.hasEnded) endLoad(state, target);
  leaveLine(state, request, isLoading);
}

/** Records that a first request has ended and the queue was not full. */
export function leaveLine({ line }: State, request: OpenRequest, isLoading: boolean): void {
  if (!request.isFirst) return;
  line.rejections.count = 0;
  const { closed } = line;
  if (closed === null || closed.trial !== request.number) return;
  closed.trial = null;
  closed.doublings = Math.max(-1, closed.doublings - 1);
  closed.tryAt = closed.notBeforeAt;
  const [oldest] = line.order;
  const areYoung = closed.at - (oldest?.at ?? closed.at) <= YOUNG_MS;
  if (line.loads === 0 || (isLoading && areYoung)) line.closed = null;
}

function beginLoad({ state, now }: Change, target: Target, isCertain: boolean): void {
  const { line } = state;
  if (target.load === null) line.loads++;
  target.load = { at: now, isCertain };
  line.order.push({ key: target.key, at: now });
  dropEnded(state);
  const { closed } = line;
  if (closed === null) return;
  closed.at = now;
  closed.acceptances++;
  if (closed.trial === null || isCertain) closed.limit = Math.max(closed.limit, line.loads);
}

/** Records that a model is no longer loading, as far as the client knows. */
export function endLoad(state: State, target: Target): void {
  if (target.load === null) return;
  target.load = null;
  state.line.loads--;
  dropEnded(state);
}

/** Removes loads that have ended from the front of the order. */
function dropEnded({ line, targets }: State): void {
  for (let first = line.order[0]; first !== undefined; first = line.order[0]) {
    const target = targets[first.key];
    if (target?.load?.at === first.at) return;
    line.order.shift();
  }
}

/** Ends a load that nobody polls once its first poll would be due. */
export function endUnpolledLoad({ state, now, rules }: Change, target: Target): void {
  if (unpolledEndAt(target, rules.pollIntervalMs) <= now) endLoad(state, target);
}

function unpolledEndAt(target: Target, pollIntervalMs: number | null): number {
  const { load, nextAt } = target;
  if (load === null || load.isCertain) return nextAt;
  return load.at + (pollIntervalMs ?? LOADING_SCHEDULE_MS[0]);
}

/** Checks a load that nobody polls again when it is assumed to end. */
export function watchLoad({ state, rules }: Change, target: Target): void {
  if (target.load === null) return;
  const newsMs = state.isFollower ? NEWS_MS : 0;
  wakeTarget(state, target.key, unpolledEndAt(target, rules.pollIntervalMs) + newsMs);
}

/** Returns whether a model that is polled may have loaded since its last reply: a trial would take its room. */
function mayHaveLoaded({ line, targets, isFollower }: State, now: number): boolean {
  // The oldest one decides: what this reads must not grow with the list.
  const [oldest] = line.order;
  if (oldest === undefined || now - oldest.at <= YOUNG_MS) return false;
  return isFollower || (targets[oldest.key]?.callers ?? 0) > 0;
}
