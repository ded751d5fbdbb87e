/**
 * Times candidates in turn, each once per round, so that other load on the machine affects all of them equally.
 *
 * @param things name -> what to do once; its own time is what counts
 * @returns name -> the median, in milliseconds
 */
export async function medians(rounds, things) {
  const times = Object.fromEntries(Object.keys(things).map((name) => [name, []]));
  // The first round only warms up files, code and connections.
  for (let round = -1; round < rounds; round++) {
    for (const [name, thing] of Object.entries(things)) {
      const start = performance.now();
      await thing();
      if (round >= 0) times[name].push(performance.now() - start);
    }
  }
  return Object.fromEntries(Object.entries(times).map(([name, all]) => [name, median(all)]));
}

function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
