import { LOADING_SCHEDULE_MS } from '../targets/interval.ts';

/**
 * Milliseconds between two runs of `use` while the model is still unloaded, from the success of its reload: the schedule of
 * a load, if the API means 'accepted' by success.
 */
const INTERVALS_MS = [0, ...LOADING_SCHEDULE_MS.slice(0, 6)];

/** A wait this long after its success has no callers; it is forgotten. */
const MAX_AGE_MS = 20 * 60_000;

/** A probe that takes longer no longer holds the others back: its caller may be gone, as in a Worker. */
const PROBE_LEASE_MS = 60_000;

/** What the callers of one model share while it loads. Plain data, because in a Worker they may share nothing else. */
export interface SharedWait {
  /** When the reload succeeded, in monotonic milliseconds. */
  succeededAt: number;
  /** When the last `use` began that found the model unloaded. */
  unloadedAt: number;
  /** When the caller that runs `use` for all began; null if none does. */
  probeAt: number | null;
}

/** The waits by model id. A wait that is not in it is over, because a `use` has succeeded. */
type SharedWaits = Map<string, SharedWait>;

/** Returns when `use` is due next; null if the schedule has ended. */
export function dueAt({ succeededAt, unloadedAt }: SharedWait): number | null {
  let elapsedMs = 0;
  for (const ms of INTERVALS_MS) {
    elapsedMs += ms;
    if (succeededAt + elapsedMs > unloadedAt) return succeededAt + elapsedMs;
  }
  return null;
}

/** Returns the wait of a model that is loading; undefined without one. */
export function findWait(waits: SharedWaits, modelId: string): SharedWait | undefined {
  const wait = waits.get(modelId);
  return wait && dueAt(wait) !== null ? wait : undefined;
}

/** Begins a wait with a success of the reload, and returns it. */
export function beginWait(waits: SharedWaits, modelId: string, wait: SharedWait): SharedWait {
  waits.delete(modelId);
  waits.set(modelId, wait);
  for (const [id, other] of waits) {
    if (wait.succeededAt - other.succeededAt <= MAX_AGE_MS) break;
    waits.delete(id);
  }
  return wait;
}

/** Makes a caller the one that probes, if the time has come and no other does. */
export function claimProbe(wait: SharedWait, now: number): boolean {
  const due = dueAt(wait);
  const isClaimed = wait.probeAt !== null && now - wait.probeAt < PROBE_LEASE_MS;
  if (due === null || now < due || isClaimed) return false;
  wait.probeAt = now;
  return true;
}
