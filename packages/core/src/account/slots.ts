import type { Exchange, Target } from './target.ts';

/** The slots for open requests, and the targets that wait for one. */
export interface Slots {
  readonly open: ReadonlySet<Exchange>;
  /** Returns whether `target` is next and a slot is free. */
  isFree(target: Target): boolean;
  /** Adds a target that is ready to the queue; one that is queued keeps its position. */
  enqueue(target: Target): void;
  dequeue(target: Target): void;
  take(exchange: Exchange): void;
  free(exchange: Exchange): void;
  /** Returns the target that gets the next slot; undefined if no slot is free. */
  next(): Target | undefined;
}

/** @param concurrency maximum number of open requests */
export function createSlots(concurrency: number): Slots {
  const open = new Set<Exchange>();
  // First come, first served. Polls of accepted models go before first requests.
  const polls = new Set<Target>();
  const beginnings = new Set<Target>();

  const first = (): Target | undefined => {
    for (const target of polls) return target;
    // A target that was rejected keeps its position, so it may be queued while its request is open.
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
