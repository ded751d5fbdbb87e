import type { Change } from '../state/change.ts';
import type { Entry, State, Target } from '../state/state.ts';
import { isAccepted } from '../targets/target.ts';

/** Gives a target a place among those that wait only for a slot or in line. */
export function makeReady({ state, now }: Change, target: Target): void {
  const { ready, pause, isFollower } = state;
  // Others send what a follower waits for.
  if (isFollower || target.place !== null || target.request !== null || target.callers === 0)
    return;
  if (target.nextAt > now || pause.untilAt > now) return;
  target.place = ++ready.places;
  (isAccepted(target) ? ready.polls : ready.firsts).push({ at: target.place, key: target.key });
}

/** Returns a target to the place that it had before its request was rejected. */
export function returnToPlace({ ready: { firsts } }: State, { place, key }: Target): void {
  const at = place ?? 0;
  const after = firsts.findIndex((other) => other.at > at);
  firsts.splice(after === -1 ? firsts.length : after, 0, { at, key });
}

/** Returns the target that gets the next free slot: polls of accepted models go before first requests. */
export function firstReady(state: State): Target | undefined {
  return firstOf(state, state.ready.polls) ?? firstOf(state, state.ready.firsts);
}

/** Returns the first target in a queue, and drops places that have been given up. */
function firstOf(state: State, queue: Entry[]): Target | undefined {
  for (let first = queue[0]; first !== undefined; first = queue[0]) {
    const target = state.targets[first.key];
    if (target?.place === first.at) return target;
    queue.shift();
  }
  return undefined;
}
