import type { Target } from './target.ts';

/** Idle targets that are remembered. */
const MAX_IDLE = 10_000;
/** Of the oldest, this many that are needed are passed over at a time: one long wait does not keep all the others. */
const MAX_PASSED_OVER = 10;

/** What the client knows of its models and image checks, by key. */
export interface Memory<Item extends Target> {
  /** Returns the remembered item, or a new one. */
  get(key: string, create: () => Item): Item;
  /** Notes that nobody waits for it any more; the least recently used are forgotten. */
  rest(key: string, now: number): void;
}

export function createMemory<Item extends Target>(): Memory<Item> {
  // The order of insertion is the order of use.
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
      if (items.size <= MAX_IDLE) return;
      let passedOver = 0;
      for (const [oldKey, target] of items) {
        if (items.size <= MAX_IDLE || passedOver === MAX_PASSED_OVER) return;
        items.delete(oldKey);
        // What is in use, or within its interval, is needed to keep the limits.
        if (target.callers.size === 0 && target.nextAt <= now) continue;
        items.set(oldKey, target);
        passedOver++;
      }
    },
  };
}
