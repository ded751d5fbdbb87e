import { firstAppointment } from '../state/agenda.ts';
import {
  targetOf,
  type Change,
  type Effect,
  type Event,
  type Moment,
  type Rules,
} from '../state/change.ts';
import type { State } from '../state/state.ts';
import { abandon, deadlineOf } from './calls.ts';
import { drop, join, leave, setPresence } from './join.ts';
import { giveUp } from './memory.ts';
import { receiveReply } from './reply.ts';
import { advance } from './schedule.ts';

/**
 * Applies one event to the state and returns what to do, in order, and when the next event is due if no other happens
 * before; null if nothing is due. It starts no timer, sends nothing and knows no promise: the same state, event, moment
 * and random numbers always give the same result.
 */
export function transition(
  state: State,
  event: Event,
  { now, wall }: Moment,
  rules: Rules,
): { effects: Effect[]; wakeAt: number | null } {
  const change: Change = { state, now, wall, rules, effects: [], touched: new Set(), joined: null };
  apply(change, event);
  advance(change);
  return { effects: change.effects, wakeAt: nextWakeUp(change) };
}

/** Applies an event; an error in its transition ends only the calls that the event is about. */
export function applySafely(
  ...[state, event, moment, rules]: Parameters<typeof transition>
): ReturnType<typeof transition> {
  // Found before, because the transition removes the request first.
  const request = 'request' in event && state.open.find(({ number }) => number === event.request);
  try {
    return transition(state, event, moment, rules);
  } catch (error) {
    const change: Change = {
      state,
      ...moment,
      rules,
      effects: [],
      touched: new Set(),
      joined: null,
    };
    const calls = request ? state.targets[request.key]?.calls : state.calls;
    const ids = 'id' in event ? [event.id] : Object.keys(calls ?? {});
    for (const id of ids) abandon(change, id, error);
    return { effects: change.effects, wakeAt: nextWakeUp(change) };
  }
}

function apply(change: Change, event: Event): void {
  const { state } = change;
  if (event.type === 'join') join(change, event);
  else if (event.type === 'leave') leave(change, event.id);
  else if (event.type === 'drop') drop(change, event.id);
  else if (event.type === 'presence') setPresence(change, event.id, event.isAbsent);
  else if (event.type === 'tick') return;
  else {
    const request = state.open.find(({ number }) => number === event.request);
    if (request === undefined) return;
    if (event.type === 'reply') return receiveReply(change, request, event.reply);
    const target = state.targets[request.key];
    giveUp(change, request.number);
    if (target && target.callers > 0) change.touched.add(target);
  }
}

/** Nothing is due while nobody waits. */
function nextWakeUp({ state, rules }: Change): number | null {
  if (state.callCount === 0) return null;
  let wakeAt = firstAppointment(state)?.at ?? Infinity;
  for (const { sentAt } of state.open) wakeAt = Math.min(wakeAt, sentAt + rules.requestTimeoutMs);
  return wakeAt === Infinity ? null : wakeAt;
}

/** Returns when one call has something to do if no event happens before; Infinity if nothing is due. */
export function nextCheckAt(state: State, id: string, { requestTimeoutMs }: Rules): number {
  const call = state.calls[id];
  if (call === undefined) return Infinity;
  const { wakeAt, request } = targetOf(state, call);
  const open = state.open.find(({ number }) => number === request);
  const targetAt = open ? open.sentAt + requestTimeoutMs : wakeAt;
  return Math.min(deadlineOf(state, call), targetAt ?? Infinity);
}
