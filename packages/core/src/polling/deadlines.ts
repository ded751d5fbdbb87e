import { MAX_TIMER_MS, OVER, type Time } from './time.ts';

/**
 * Ends requests and wakes waiting callers at their deadlines. They share one timer, because nearly all of
 * them end before: ten thousand models that wait for a slot do not need a timer each.
 */
export class Deadlines {
  readonly #time: Time;
  /** Each function, and the time when it is called. */
  readonly #waiting = new Map<() => void, number>();
  #timer: AbortController | null = null;
  #firesAt = Infinity;

  constructor(time: Time) {
    this.#time = time;
  }

  /** Calls `wake` at a time in monotonic milliseconds, unless it is deleted before. */
  set(wake: () => void, at: number): void {
    this.#waiting.set(wake, at);
    if (at < this.#firesAt) this.#start(at);
  }

  delete(wake: () => void): void {
    this.#waiting.delete(wake);
    // An unused timer would keep the process alive.
    if (this.#waiting.size === 0) this.#stop();
  }

  #stop(): void {
    this.#timer?.abort(OVER);
    this.#timer = null;
    this.#firesAt = Infinity;
  }

  #start(at: number): void {
    this.#stop();
    const timer = new AbortController();
    this.#timer = timer;
    this.#firesAt = at;
    const sleepMs = Math.min(Math.max(0, at - this.#time.now()), MAX_TIMER_MS);
    void this.#time.sleep(sleepMs, timer.signal).then(() => this.#wakeDue(timer));
  }

  #wakeDue(timer: AbortController): void {
    if (this.#timer !== timer) return;
    const now = this.#time.now();
    let next = Infinity;
    this.#stop();
    for (const [wake, at] of this.#waiting) {
      if (at > now) {
        next = Math.min(next, at);
        continue;
      }
      this.#waiting.delete(wake);
      wake();
    }
    if (next < Infinity) this.#start(next);
  }
}
