import type { Failure } from '../errors.ts';
import type { Change } from '../state/change.ts';
import type { Target } from '../state/state.ts';
import { requestsWait } from './replies.ts';

/** An acceptance that is older than this, in milliseconds, expires if nobody waits for it. */
export const MAX_ACCEPTANCE_AGE_MS = 900_000;

/** Sets when the next request of a target may be sent, and keeps `failure` if it requested the wait. */
export function waitUntil(target: Target, at: number, failure: Failure | null, now: number): void {
  target.nextAt = at;
  target.requested = failure?.retryable && requestsWait(failure) ? { failure, at: now } : null;
}

/** Returns the milliseconds since a reply: the larger of both clocks, because either may stand still or be set back. */
export function ageMs({ now, wall }: Change, replied: { at: number; wall: number }): number {
  return Math.max(now - replied.at, wall - replied.wall);
}

/** Returns whether a time that the target's last reply has set is yet to come, on both clocks. */
export function isBefore(change: Change, { replied }: Target, untilAt: number): boolean {
  return replied !== null && ageMs(change, replied) < untilAt - replied.at;
}
