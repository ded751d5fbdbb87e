import { firstAppointment } from '../state/agenda.ts';
import { targetOf, type Change, type Effect, type Event, type Rules } from '../state/change.ts';
import type { State, Target } from '../state/state.ts';
import { abandon, deadlineOf } from './calls.ts';
import { drop, join, leave, setPresence } from './join.ts';
import { learn } from './learn.ts';
import { giveUp, targetFor } from './memory.ts';
import { receiveReply } from './reply.ts';
import { advance, inform } from './schedule.ts';

/**
 * Applies one event to the state and returns what to do, in order, and when the next event is due if no other happens
 * before; null if nothing is due. It starts no timer, sends nothing and knows no promise: the same state, event, time
 * and random numbers always give the same result. An error in it ends only the calls that the event is about.
 */
export function transition(
  state: State,
  event: Event,
  time: Pick<Change, 'now' | 'wall'>,
  rules: Rules,
): { effects: Effect[]; wakeAt: number | null } {
  const change = { state, ...time, rules, effects: [], touched: new Set<Target>(), joined: null };
  // Found before, because it is removed first.
  const request = 'request' in event && state.open.find(({ number }) => number === event.request);
  try {
    apply(change, event);
    advance(change);
  } catch (error) {
    const calls = request ? state.targets[request.key]?.calls : state.calls;
    const ids = 'id' in event ? [event.id] : Object.keys(calls ?? {});
    for (const id of ids) {
      try {
        abandon(change, id, error);
      } catch {
        // The call has its end by then; only what it leaves behind may be damaged.
      }
    }
  }
  return { effects: change.effects, wakeAt: nextWakeUp(change) };
}

function apply(change: Change, event: Event): void {
  const { state } = change;
  if (event.type === 'join') join(change, event);
  else if (event.type === 'leave') leave(change, event.id);
  else if (event.type === 'drop') drop(change, event.id);
  else if (event.type === 'presence') setPresence(change, event.id, event.isAbsent);
  else if (event.type === 'learn') learn(change, event);
  else if (event.type === 'queued') inform(change, targetFor(state, event.subject), true);
  else if ('request' in event) {
    const request = state.open.find(({ number }) => number === event.request);
    if (request === undefined) return;
    if (event.type === 'reply') return receiveReply(change, request, event.reply);
    const target = state.targets[request.key];
    giveUp(change, request.number);
    if (target) change.touched.add(target);
  }
}

/** Nothing is due while nobody waits. */
function nextWakeUp({ state }: Change): number | null {
  return state.callCount === 0 ? null : (firstAppointment(state)?.at ?? null);
}

/** Returns when one call has something to do if no event happens before; Infinity if nothing is due. */
export function nextCheckAt(state: State, id: string): number {
  const call = state.calls[id];
  if (call === undefined) return Infinity;
  return Math.min(deadlineOf(state, call), targetOf(state, call).wakeAt ?? Infinity);
}
