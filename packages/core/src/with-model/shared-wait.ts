/**
 * Milliseconds from the success of a reload to each run of `use` while the model is still unloaded: the schedule of a load
 * (docs/decisions/schedule.md), if the API means 'accepted' by success.
 */
const SCHEDULE_MS = [0, 128_000, 163_000, 198_000, 243_000, 328_000, 548_000] as const;

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
  /** True once a `use` has succeeded, or the schedule has ended. */
  isOver: boolean;
}

/** Returns when `use` is due next; null if the schedule has ended. */
export function dueAt({ succeededAt, unloadedAt }: SharedWait): number | null {
  const times = SCHEDULE_MS.map((ms) => succeededAt + ms);
  return times.find((at) => at > unloadedAt) ?? null;
}

/** Makes a caller the one that probes, if the time has come and no other does. */
export function claimProbe(wait: SharedWait, now: number): boolean {
  const due = dueAt(wait);
  const isClaimed = wait.probeAt !== null && now - wait.probeAt < PROBE_LEASE_MS;
  if (due === null || now < due || isClaimed) return false;
  wait.probeAt = now;
  return true;
}

/** Creates the waits of all models. One is forgotten when its model is loaded or its schedule has ended. */
export function createSharedWaits() {
  const waits = new Map<string, SharedWait>();

  const end = (modelId: string, wait: SharedWait) => {
    wait.isOver = true;
    if (waits.get(modelId) === wait) waits.delete(modelId);
  };

  return {
    /** Returns the wait of a model that is loading; undefined without one. */
    find(modelId: string): SharedWait | undefined {
      const wait = waits.get(modelId);
      if (!wait || dueAt(wait) !== null) return wait;
      end(modelId, wait);
      return undefined;
    },
    /** Returns the wait that began with a success of the reload, unless another caller has already begun one. */
    begin(modelId: string, succeededAt: number, unloadedAt: number): SharedWait {
      const wait = this.find(modelId) ?? {
        succeededAt,
        unloadedAt,
        probeAt: null,
        isOver: false,
      };
      waits.set(modelId, wait);
      for (const [id, other] of waits) {
        if (succeededAt - other.succeededAt <= 2 * SCHEDULE_MS[6]) break;
        end(id, other);
      }
      return wait;
    },
    /** Records that a `use` which began at a time found the model unloaded. */
    markUnloaded(modelId: string, at: number): void {
      const wait = waits.get(modelId);
      if (wait) wait.unloadedAt = Math.max(wait.unloadedAt, at);
    },
    /** Ends the wait, because a `use` has succeeded. */
    markLoaded(modelId: string): void {
      const wait = waits.get(modelId);
      if (wait) end(modelId, wait);
    },
  };
}
