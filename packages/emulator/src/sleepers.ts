/** Somebody who sleeps on a virtual clock. */
export interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

interface Place {
  readonly sleeper: Sleeper;
  readonly order: number;
  index: number;
}

/**
 * Who sleeps, as a binary heap: the earliest comes first, and of two with the same time the one that came first.
 * A heap because a simulation has thousands of sleepers, most of which (timeouts) are removed before their time.
 */
export class Sleepers {
  readonly #heap: Place[] = [];
  #arrivals = 0;

  get earliest(): Sleeper | undefined {
    return this.#heap[0]?.sleeper;
  }

  /** Gives what removes this sleeper again, at any place in the heap. */
  add(sleeper: Sleeper): () => void {
    const place: Place = { sleeper, order: this.#arrivals++, index: this.#heap.length };
    this.#heap.push(place);
    this.#rise(place);
    return () => this.#remove(place);
  }

  #remove(place: Place): void {
    if (this.#heap[place.index] !== place) return;
    const last = this.#heap.pop();
    if (last === undefined || last === place) return;
    this.#put(last, place.index);
    this.#rise(last);
    this.#sink(last);
  }

  #rise(place: Place): void {
    for (;;) {
      const parent = this.#heap[(place.index - 1) >> 1];
      if (parent === undefined || !isBefore(place, parent)) return;
      this.#swap(place, parent);
    }
  }

  #sink(place: Place): void {
    for (;;) {
      const left = this.#heap[2 * place.index + 1];
      const right = this.#heap[2 * place.index + 2];
      if (left === undefined) return;
      const first = right !== undefined && isBefore(right, left) ? right : left;
      if (!isBefore(first, place)) return;
      this.#swap(place, first);
    }
  }

  #swap(a: Place, b: Place): void {
    const index = a.index;
    this.#put(a, b.index);
    this.#put(b, index);
  }

  #put(place: Place, index: number): void {
    this.#heap[index] = place;
    place.index = index;
  }
}

function isBefore(a: Place, b: Place): boolean {
  return a.sleeper.at < b.sleeper.at || (a.sleeper.at === b.sleeper.at && a.order < b.order);
}
