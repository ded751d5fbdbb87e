import { expect } from 'vitest';
import { isFull } from './effort.ts';

const SMALL = isFull ? 2 ** 16 : 2 ** 14;
const LARGE = 4 * SMALL;
/** Four times the text takes four times as long, or sixteen times if the time is quadratic. */
const MAX_GROWTH = 10;
/** Less is not distinguishable from a pause of the machine. */
const NOISE_MS = 100;
const ATTEMPTS = 5;

/**
 * Expects that a function takes linear time for a text that repeats `part`. Compares two sizes in the same run, several
 * times if necessary, so that it holds on a busy machine as well.
 */
export function expectLinearTime(run: (text: string) => unknown, part: string): void {
  const timeOf = (length: number) => {
    const text = part.repeat(Math.ceil(length / part.length));
    const startedAt = performance.now();
    run(text);
    return performance.now() - startedAt;
  };
  let [small, large] = [0, Infinity];
  for (let attempt = 0; attempt < ATTEMPTS && large > MAX_GROWTH * small + NOISE_MS; attempt++) {
    small = Math.max(small, timeOf(SMALL));
    large = Math.min(large, timeOf(LARGE));
  }
  expect(large, `${part} repeated`).toBeLessThanOrEqual(MAX_GROWTH * small + NOISE_MS);
}
