interface Timer {
  readonly at: number;
  /** Order of insertion, which decides between timers of the same time. */
  readonly order: number;
  /** Null once the timer is canceled. */
  wake: (() => void) | null;
  left: Timer | null;
  right: Timer | null;
  /** Length of the rightmost path. */
  rank: number;
}

/**
 * Priority queue of timers: the earliest first, and of those with the same time the one that was added first. A leftist
 * heap, because a simulation has tens of thousands. Most are timeouts; a canceled one stays until its time comes.
 */
export function createTimerQueue() {
  let root: Timer | null = null;
  let added = 0;
  return {
    /** Adds a timer and returns a function that cancels it. */
    add(at: number, wake: () => void): () => void {
      const timer: Timer = { at, order: added++, wake, left: null, right: null, rank: 1 };
      root = merge(root, timer);
      return () => {
        timer.wake = null;
      };
    },
    /** Removes the earliest timer and returns it, or null if none is left. */
    take(): { at: number; wake: () => void } | null {
      while (root !== null) {
        const { at, wake, left, right }: Timer = root;
        root = merge(left, right);
        if (wake !== null) return { at, wake };
      }
      return null;
    },
  };
}

/** Merges two heaps. The recursion follows the rightmost paths, which are never longer than log n. */
function merge(a: Timer | null, b: Timer | null): Timer | null {
  if (a === null) return b;
  if (b === null) return a;
  const first = isBefore(a, b) ? a : b;
  const merged = merge(first.right, first === a ? b : a);
  const isLonger = (first.left?.rank ?? 0) < (merged?.rank ?? 0);
  first.right = isLonger ? first.left : merged;
  if (isLonger) first.left = merged;
  first.rank = (first.right?.rank ?? 0) + 1;
  return first;
}

function isBefore(a: Timer, b: Timer): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
