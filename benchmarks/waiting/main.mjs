// Compares the schedule with other polling policies: prints the tables of the README and writes
// docs/schedule.svg. Takes a few minutes; the same seed gives the same numbers.
//
//   node benchmarks/waiting/main.mjs [draws per cell, default 2000]
import { writeFileSync } from 'node:fs';
import { drawLoads, LOADS, seeded } from './loads.mjs';
import { reloadLists } from './many.mjs';
import { plot } from './plot.mjs';
import { POLICIES } from './policies.mjs';
import { mean, simulate } from './simulate.mjs';

const SCENARIOS = {
  harmless: 'A repeated request is harmless',
  refused: 'A repeated request within 30 s is rejected',
  restarts: 'A repeated request restarts the load',
};
const draws = Number(process.argv[2] ?? 2000);
const kinds = Object.keys(LOADS);
const [ours] = POLICIES;

for (const { label } of Object.values(LOADS)) console.log(`- ${label}`);
const panels = [];
for (const [scenario, title] of Object.entries(SCENARIOS)) {
  console.log(`\n### ${title}\n`);
  printRow(['policy', 'lag, s: mean / 95th', 'requests', 'refusals', 'given up']);
  printRow(Array.from({ length: 5 }, () => '-'));
  const marks = [];
  for (const policy of POLICIES) {
    const found = [];
    for (const kind of kinds) found.push(await simulate(policy, scenario, drawLoads(kind, draws)));
    printPolicy(policy, found);
    marks.push({ name: policy.name, ...together(found) });
  }
  panels.push({ title, marks });
}
writeFileSync(new URL('../../docs/schedule.svg', import.meta.url), plot(panels));

console.log('\n### Each restart has a new load time\n');
const random = seeded(3);
for (const kind of kinds) {
  const loads = drawLoads(kind, draws).map((first) => {
    let nth = 0;
    return () => (nth++ === 0 ? first : LOADS[kind].draw(random, Math.floor(10 * random())));
  });
  const { lag, givenUp } = await simulate(ours, 'restarts', loads);
  console.log(`- ${kind}: lag ${lag.toFixed(1)} s, given up ${percent(givenUp)}`);
}

console.log('\n### Replies with an eta\n');
printRow(['the eta is', 'lag, s: mean / 95th', 'requests', 'refusals', 'given up']);
printRow(Array.from({ length: 5 }, () => '-'));
const ETAS = {
  'not sent': undefined,
  exact: (leftMs) => leftMs,
  '10% too short': (leftMs) => 0.9 * leftMs,
  '50% too long': (leftMs) => 1.5 * leftMs,
  'always 20 s': () => 20_000,
};
for (const [name, eta] of Object.entries(ETAS)) {
  const found = [];
  for (const kind of kinds) {
    found.push(await simulate(ours, 'harmless', drawLoads(kind, draws), { eta }));
  }
  printPolicy({ name }, found);
}

console.log('\n### Lists: until all are detected\n');
printRow([
  'what fills the queue of 5',
  'models',
  'ours, s',
  'best possible, s',
  'ratio',
  'requests per model',
]);
printRow(Array.from({ length: 6 }, () => '-'));
for (const { queue, count, seconds, best, requests } of await reloadLists({ lists: 100 })) {
  const numbers = [seconds.toFixed(0), best.toFixed(0), (seconds / best).toFixed(2)];
  printRow([queue, count, ...numbers, requests.toFixed(2)]);
}

function printPolicy({ name, note }, found) {
  printRow([
    note === undefined ? name : `${name} (${note})`,
    found
      .map(({ lag, lag95 }) => (lag === null ? '-' : `${lag.toFixed(1)} / ${lag95.toFixed(0)}`))
      .join(' · '),
    found.map(({ requests }) => requests.toFixed(requests < 100 ? 2 : 0)).join(' · '),
    found.some(({ refusals }) => refusals > 0)
      ? found.map(({ refusals }) => refusals.toFixed(refusals < 100 ? 1 : 0)).join(' · ')
      : 'none',
    found.some(({ givenUp }) => givenUp > 0)
      ? found.map(({ givenUp }) => percent(givenUp)).join(' · ')
      : 'none',
  ]);
}

/** Creates one mark for the three kinds of load, with the means of their means. */
function together(found) {
  const lags = found.map(({ lag }) => lag).filter((lag) => lag !== null);
  return {
    lag: lags.length > 0 ? mean(lags) : null,
    requests: mean(found.map(({ requests }) => requests)),
    refusals: mean(found.map(({ refusals }) => refusals)),
    givenUp: mean(found.map(({ givenUp }) => givenUp)),
  };
}

function percent(share) {
  return share === 0 ? '0' : `${(100 * share).toFixed(1)}%`;
}

function printRow(cells) {
  console.log(`| ${cells.join(' | ')} |`);
}
