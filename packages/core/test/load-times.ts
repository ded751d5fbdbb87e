/** Returns a seeded generator of numbers between 0 and 1 (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Distributions of load times; each function returns a random time in milliseconds. */
export const loadTimes = {
  narrow: (random: () => number) => Math.max(60_000, (120 + 10 * normal(random)) * 1000),
  wide: (random: () => number) => 115_000 * Math.exp(0.35 * normal(random)),
  'slow tail': (random: () => number) =>
    random() < 0.1 ? 200_000 + 300_000 * random() : loadTimes.narrow(random),
};

/** Returns a random number with the standard normal distribution (Box-Muller). */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
