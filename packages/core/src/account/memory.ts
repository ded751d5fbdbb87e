import type { Target } from './target.ts';

/** Maximum number of idle targets to keep. */
const MAX_IDLE = 10_000;
/** Maximum number of old targets in use that are skipped per eviction, so that a few long waits do not prevent it. */
const MAX_PASSED_OVER = 10;

/** The state of the client's models or image checks, by key. */
export interface Memory<Item extends Target> {
  /** Returns the stored item, or creates one. */
  get(key: string, create: () => Item): Item;
  /** Records that an item has no callers any more, and evicts the least recently used ones. */
  rest(key: string, now: number): void;
}

export function createMemory<Item extends Target>(): Memory<Item> {
  // Insertion order is the order of use.
  const items = new Map<string, Item>();
  return {
    get(key, create) {
      const item = items.get(key) ?? create();
      items.set(key, item);
      return item;
    },

    rest(key, now) {
      const item = items.get(key);
      if (!item) return;
      items.delete(key);
      items.set(key, item);
      let passedOver = 0;
      for (const [oldKey, target] of items) {
        if (items.size <= MAX_IDLE || passedOver === MAX_PASSED_OVER) return;
        items.delete(oldKey);
        // A target that is in use or within its interval is needed to enforce the limits.
        if (target.callers.size === 0 && target.nextAt <= now) continue;
        items.set(oldKey, target);
        passedOver++;
      }
    },
  };
}
