import type { Exchange, Target } from './target.ts';

/** The slots for open requests, and the targets that wait for one. */
export interface Slots {
  readonly open: ReadonlySet<Exchange>;
  /** Returns whether `target` is next and a slot is free. */
  isFree(target: Target): boolean;
  /** Puts a target that is ready into the queue; it stays where it is if it is there. */
  enqueue(target: Target): void;
  dequeue(target: Target): void;
  take(exchange: Exchange): void;
  free(exchange: Exchange): void;
  /** Returns the target that the next free slot goes to, if one is free. */
  next(): Target | undefined;
}

/** @param concurrency requests that may be open at a time */
export function createSlots(concurrency: number): Slots {
  const open = new Set<Exchange>();
  // First come, first served; what the API has accepted goes before what it has not.
  const polls = new Set<Target>();
  const beginnings = new Set<Target>();

  const first = (): Target | undefined => {
    for (const target of polls) return target;
    // One that was refused keeps its place, and has an open request when it is tried again.
    for (const target of beginnings) if (!target.open) return target;
    return undefined;
  };

  return {
    open,
    isFree: (target) => open.size < concurrency && first() === target,
    enqueue: (target) => (target.isBeginning() ? beginnings : polls).add(target),
    dequeue(target) {
      polls.delete(target);
      beginnings.delete(target);
    },
    take: (exchange) => open.add(exchange),
    free: (exchange) => open.delete(exchange),
    next: () => (open.size < concurrency ? first() : undefined),
  };
}
