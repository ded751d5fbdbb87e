// Searches the intervals of the schedule with the smallest mean lag that meet the goals, using an arithmetic model of
// the harmless and the restarting scenario. `simulate.mjs` then checks the result with the real loop.
//
//   node benchmarks/waiting/search.mjs
import { drawLoads, LOADS, seeded } from './loads.mjs';
import { mean, sum } from './simulate.mjs';

/** The goals, each slightly tighter than necessary, so that random variation does not decide. */
const GOALS = {
  shortestGap: 35,
  /** Mean requests per model if a repeated request is harmless, for each kind of load. */
  requests: 2.65,
  /** Every simulated load ends before this request, in seconds. */
  lastQuestion: [500, 590],
  /** Share of models that time out if a repeated request restarts the load. */
  givenUp: { narrow: 0, wide: 0.05, 'slow tail': 0.0945 },
};

const DRAWS = 20_000;
const kinds = Object.keys(LOADS).map((kind) => {
  const loads = drawLoads(kind, DRAWS)
    .map((ms) => ms / 1000)
    .toSorted((a, b) => a - b);
  const sums = [0];
  for (const load of loads) sums.push(sums.at(-1) + load);
  // For each whole second: how many loads are done, and how long they took together.
  const done = Array.from({ length: 601 }, (_, at) => {
    const next = loads.findIndex((load) => load > at);
    return next === -1 ? DRAWS : next;
  });
  return { kind, done, tookTogether: done.map((count) => sums[count]) };
});

for (const count of [4, 5, 6, 7]) {
  const { gaps, lag } = search(count, seeded(7));
  console.log(`${count} gaps: ${gaps.join(', ')} s, mean lag ${lag.toFixed(1)} s`);
  for (const { kind, ...found } of judge(gaps)) console.log(`  ${kind}: ${show(found)}`);
}

/** Evaluates intervals for each kind of load. */
function judge(gaps) {
  const questions = [0];
  for (const gap of gaps) questions.push(questions.at(-1) + gap);
  return kinds.map(({ kind, done, tookTogether }) => {
    let lag = 0;
    let requests = 0;
    for (let nth = 1; nth < questions.length; nth++) {
      const [from, to] = [questions[nth - 1], questions[nth]].map((at) => Math.min(at, 600));
      const noticed = done[to] - done[from];
      lag += noticed * to - (tookTogether[to] - tookTogether[from]);
      requests += noticed * (nth + 1);
    }
    const left = DRAWS - done[Math.min(questions.at(-1), 600)];
    return {
      kind,
      lag: lag / (DRAWS - left),
      requests: (requests + left * questions.length) / DRAWS,
      // A load that restarts with each request ends in the first interval that is longer than it.
      givenUp: 1 - done[Math.min(Math.max(...gaps), 600)] / DRAWS,
    };
  });
}

function search(count, random) {
  let best = { cost: Infinity };
  for (let start = 0; start < 30; start++) {
    let gaps = Array.from({ length: count }, (_, nth) =>
      Math.round(nth === 0 ? 110 + 40 * random() : 35 + 160 * random() * random()),
    );
    let cost = costOf(gaps);
    // Simulated annealing: worse neighbors are accepted less and less often.
    for (let heat = 20; heat > 0.002; heat *= 0.9985) {
      const near = neighbour(gaps, heat > 0.2 ? 40 : 5, random);
      const nearCost = costOf(near);
      if (nearCost < cost || random() < Math.exp((cost - nearCost) / heat)) {
        [gaps, cost] = [near, nearCost];
      }
      if (cost < best.cost) best = { gaps, cost };
    }
  }
  return { gaps: best.gaps, lag: mean(judge(best.gaps).map(({ lag }) => lag)) };
}

function neighbour(gaps, reach, random) {
  const near = [...gaps];
  const by = Math.round((random() - 0.5) * 2 * reach);
  const add = (seconds) => {
    const at = Math.floor(random() * near.length);
    near[at] = Math.max(GOALS.shortestGap, near[at] + seconds);
  };
  add(by);
  if (random() < 0.4) add(-by);
  return near;
}

/** Mean lag, with a large penalty for each missed goal. */
function costOf(gaps) {
  const [earliest, latest] = GOALS.lastQuestion;
  const last = sum(gaps);
  const found = judge(gaps);
  const missed =
    Math.max(0, earliest - last) +
    Math.max(0, last - latest) +
    sum(found.map(({ requests }) => 100 * Math.max(0, requests - GOALS.requests))) +
    sum(found.map(({ kind, givenUp }) => 10_000 * Math.max(0, givenUp - GOALS.givenUp[kind])));
  return mean(found.map(({ lag }) => lag)) + missed;
}

function show({ lag, requests, givenUp }) {
  return `lag ${lag.toFixed(1)} s, ${requests.toFixed(2)} requests, ${(100 * givenUp).toFixed(1)}% timed out if requests restart the load`;
}
