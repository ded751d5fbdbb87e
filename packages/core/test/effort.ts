/**
 * True in CI and when documents are written: every run of a property, and every model of a scenario. Elsewhere a fifteenth of
 * them keeps the tests quick. `scripts/vitest/common.mjs` decides.
 */
export const isFull = process.env.TEST_EFFORT === 'full';

/** The same on every machine, so that a test that passes stays green until the code changes. `TEST_SEED` tries others. */
const SEED = Number(process.env.TEST_SEED ?? 20_261_121);

/** Below this, a fifteenth would find too little. */
const MIN_COUNT = 15;

/** Returns a count; elsewhere than in CI a fifteenth of it, but at least 15. */
export function scale(all: number): number {
  return isFull ? all : Math.min(all, Math.max(MIN_COUNT, Math.ceil(all / 15)));
}

/**
 * Returns whether a row of a table of combinations is tried: all in CI, elsewhere a third. Among these is every pair of
 * values, if the values of a third column are three or more.
 *
 * @param positions of the row's values in the lists of their columns
 */
export function isTried(...positions: number[]): boolean {
  return isFull || positions.reduce((sum, position) => sum + position, 0) % 3 === 0;
}

/** Returns the parameters of a property: all of its runs in CI, elsewhere a fifteenth. */
export function runs(all: number): { numRuns: number; seed: number } {
  return { numRuns: scale(all), seed: SEED };
}
