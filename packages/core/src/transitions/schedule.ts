import { takeDue, wakeTarget } from '../state/agenda.ts';
import { createFailure } from '../errors.ts';
import { callsOf, type Change } from '../state/change.ts';
import type { Wait } from '../state/call.ts';
import type { State, Target } from '../state/state.ts';
import { payForImage } from '../targets/image-budget.ts';
import { isQueueFull, timedOut } from '../targets/replies.ts';
import { isAccepted, nextRequest } from '../targets/target.ts';
import { checkDeadline, informCall, settle } from './calls.ts';
import { endUnpolledLoad, lineOpensAt, passLine } from './line.ts';
import { firstReady, makeReady } from './ready.ts';
import { receiveReply } from './reply.ts';
import { saveWait } from './saved-wait.ts';

const NO_SLOT: Wait = { untilAt: null, reason: 'slot', failure: null };
const IMAGE_LIMIT = createFailure(
  'image_limit',
  'The images that the list may request are used up',
);

/** Does what is due: ends requests and calls at their deadlines, sends what may be sent, and reports who waits. */
export function advance(change: Change): void {
  const { state, now } = change;
  const due = takeDue(state, now);
  for (const key of due) wake(change, key);
  // After the requests, whose timeouts may be the reason for which a call ends.
  for (const key of due) {
    const call = state.calls[key];
    if (call) checkDeadline(change, call);
  }
  for (const target of change.touched) makeReady(change, target);
  sendReady(change);
  for (const target of change.touched) inform(change, target);
  change.touched.clear();
  // A call that has ended may have been the first in line.
  sendReady(change);
}

function wake(change: Change, key: string): void {
  const { state, rules, effects } = change;
  const target = state.targets[key];
  if (target === undefined) return;
  target.wakeAt = null;
  const request = state.open.find(({ number }) => number === target.request);
  if (request && !state.isFollower) {
    effects.push({ type: 'abort', request: request.number });
    receiveReply(change, request, timedOut(rules.requestTimeoutMs));
  } else if (target.callers > 0) change.touched.add(target);
  else endUnpolledLoad(change, target);
}

/** Returns why the next request of a target cannot be sent now; null if only a slot is missing. */
function waitOf(state: State, target: Target, now: number): Wait | null {
  const { pause, line } = state;
  if (target.nextAt > now) {
    const failure = target.requested?.failure ?? null;
    // A saved wait has the account's waits as its own.
    const isInLine = failure !== null && isQueueFull(failure) && !isAccepted(target);
    return { untilAt: target.nextAt, reason: failure && (isInLine ? 'line' : 'pause'), failure };
  }
  if (pause.untilAt > now)
    return { untilAt: pause.untilAt, reason: 'pause', failure: pause.failure };
  if (isAccepted(target)) return null;
  const untilAt = lineOpensAt(state, now);
  if (untilAt !== null && untilAt <= now) return null;
  const isRequested = line.closed !== null && line.closed.notBeforeAt > now;
  return { untilAt, reason: 'line', failure: isRequested ? (line.closed?.failure ?? null) : null };
}

/** Sends requests while slots are free. Polls of accepted models go before first requests. */
function sendReady(change: Change): void {
  const { state, rules } = change;
  while (state.open.length < rules.concurrency) {
    const target = firstReady(state);
    if (target === undefined || !rules.maySend(target)) return;
    if (waitOf(state, target, change.now) !== null) {
      inform(change, target);
      if (target.callers > 0) return;
    } else if (target.kind !== 'image' || payForImage(change, target)) send(change, target);
    else for (const call of callsOf(state, target)) settle(change, call, IMAGE_LIMIT);
  }
}

function send(change: Change, target: Target): void {
  const { state, now, rules, effects } = change;
  const { polls, firsts } = state.ready;
  (isAccepted(target) ? polls : firsts).shift();
  const request = openRequest(change, target);
  wakeTarget(state, target.key, now + rules.requestTimeoutMs);
  target.sent++;
  const call = nextRequest(target);
  const [first] = callsOf(state, target);
  const step = first?.isStep ? { id: first.id, saved: saveWait(change, first, false) } : null;
  effects.push({ type: 'send', request, call, step });
}

/** Records that a request of a target leaves, here or in another process, and returns its number. */
export function openRequest({ state, now }: Change, target: Target): number {
  const isFirst = !isAccepted(target);
  const number = ++state.sent;
  target.waiting = null;
  target.wakeAt = null;
  target.request = number;
  state.open.push({ number, key: target.key, sentAt: now, isFirst });
  if (isFirst) passLine(state);
  for (const call of callsOf(state, target)) call.begunAt ??= now;
  return number;
}

/**
 * Records why a target waits, and informs its calls.
 *
 * @param hasNoSlot whether a slot is missing if nothing else is; a follower cannot know
 */
export function inform(change: Change, target: Target, hasNoSlot = !change.state.isFollower): void {
  if (target.request !== null || target.callers === 0) return;
  const { state, now } = change;
  const wait = waitOf(state, target, now) ?? (hasNoSlot ? NO_SLOT : null);
  if (wait === null) return;
  const { waiting } = target;
  const isKnown = waiting?.reason === wait.reason && waiting.untilAt === wait.untilAt;
  target.waiting = wait;
  if (wait.untilAt !== null) wakeTarget(state, target.key, wait.untilAt);
  const { joined } = change;
  if (!isKnown) {
    for (const call of callsOf(state, target)) informCall(change, call, wait);
  } else if (joined && target.calls[joined.id]) informCall(change, joined, wait);
}
