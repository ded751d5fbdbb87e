import type { Change } from '../state/change.ts';
import type { Place, State, Target } from '../state/state.ts';
import { isAccepted } from '../targets/target.ts';

/** Gives a target a place among those that wait only for a slot or in line. */
export function makeReady({ state, now }: Change, target: Target): void {
  if (target.place !== null || target.request !== null || target.callers === 0) return;
  if (target.nextAt > now || state.pause.untilAt > now) return;
  target.place = ++state.places;
  const { polls, firsts } = state.ready;
  (isAccepted(target) ? polls : firsts).push({ key: target.key, place: target.place });
}

/** Returns a target to the place that it had before its request was rejected. */
export function returnToPlace({ state }: Change, target: Target, place: number): void {
  const { firsts } = state.ready;
  const after = firsts.findIndex((other) => other.place > place);
  target.place = place;
  firsts.splice(after === -1 ? firsts.length : after, 0, { key: target.key, place });
}

/** Returns the target that gets the next free slot: polls of accepted models go before first requests. */
export function firstReady(state: State): Target | undefined {
  return firstOf(state, state.ready.polls) ?? firstOf(state, state.ready.firsts);
}

/** Returns the first target in a queue, and drops places that have been given up. */
function firstOf(state: State, queue: Place[]): Target | undefined {
  for (let first = queue[0]; first !== undefined; first = queue[0]) {
    const target = state.targets[first.key];
    if (target?.place === first.place) return target;
    queue.shift();
  }
  return undefined;
}
