/** Multi-producer, single-consumer async queue. */
export interface Queue<Item> extends AsyncIterable<Item, void, undefined> {
  put(item: Item): void;
  /** Ends the queue. The reader gets the remaining items, then the end or the error. */
  end(error?: { thrown: unknown }): void;
}

export function createQueue<Item>(): Queue<Item> {
  const items: Item[] = [];
  let over: { error: { thrown: unknown } | undefined } | null = null;
  let wake: (() => void) | undefined;
  return {
    put(item) {
      items.push(item);
      wake?.();
    },

    end(error) {
      over ??= { error };
      wake?.();
    },

    async *[Symbol.asyncIterator]() {
      for (;;) {
        yield* items.splice(0);
        if (items.length > 0) continue;
        if (over?.error) throw over.error.thrown;
        if (over) return;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}
