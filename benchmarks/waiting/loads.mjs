/** Returns a generator of random numbers from 0 to 1 (mulberry32): the same seed gives the same numbers. */
export function seeded(seed) {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Load times in milliseconds. The vendor documents only 'about 2 minutes'. */
export const LOADS = {
  narrow: {
    label: 'narrow: normal, 120 s, sigma 10 s',
    draw: (random) => normal(random, 120, 10) * 1000,
  },
  wide: {
    label: 'wide: lognormal, median 115 s, sigma 0.35',
    draw: (random) => 115_000 * Math.exp(normal(random, 0, 0.35)),
  },
  'slow tail': {
    label: 'slow tail: like narrow, but every tenth takes 200 to 500 s',
    draw: (random, nth) =>
      nth % 10 === 0 ? 200_000 + 300_000 * random() : LOADS.narrow.draw(random),
  },
};

/** Returns `count` load times of one kind, the same ones for every policy and in every run. */
export function drawLoads(kind, count) {
  const random = seeded(20_261_121);
  return Array.from({ length: count }, (_, nth) => LOADS[kind].draw(random, nth));
}

function normal(random, mean, sigma) {
  const radius = Math.sqrt(-2 * Math.log(1 - random()));
  return mean + sigma * radius * Math.cos(2 * Math.PI * random());
}
