// Measures how long a nightly run of 200 models takes in every scenario, on a virtual clock, and writes docs/nightly.md.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isFull } from '../../packages/core/test/effort.ts';
import { markdownTable } from '../docs/markdown.mjs';
import { openTable } from './measured-table.mjs';
import { read, root } from './repository.mjs';
import { simulateList } from './simulate-list.mjs';

const PAGE = 'docs/nightly.md';
const MODELS = 200;
const COLUMNS = [
  { unloaded: 200, concurrency: 2 },
  { unloaded: 200, concurrency: 4 },
  { unloaded: 20, concurrency: 2 },
];
/** Enough to compare two runs: 20 models are unloaded, and one loaded model costs one request. */
const COMPARED = isFull ? MODELS : 30;

const rows = ['loaded', 'accepted', 'blocking'].flatMap((success) =>
  ['open', 'loading'].map((queue) => ({ success, queue })),
);

const runNight = (options) => simulateList({ models: COMPARED, ...options });

const table = openTable(
  read(PAGE),
  rows.map(({ success, queue }) => [success, queue]),
  COLUMNS.length,
);

test.each(table.measured)('every model is reached: %j', async ({ row, column, at }) => {
  const scenario = { ...rows[row], ...COLUMNS[column] };
  const night = await simulateList({ models: MODELS, repeat: 'refused', ...scenario });
  expect(night).toMatchObject({ failed: [], outcomes: MODELS, begun: MODELS });
  table.rows[row][at] = night.minutes === 0 ? 'seconds' : `${night.minutes} min`;
});

test('docs/nightly.md has the time that each scenario takes', async () => {
  const head = ['success', 'queue', '200 unloaded', '… with concurrency 4', '20 unloaded'];
  const text = `${INTRODUCTION}\n\n${markdownTable(head, table.rows)}\n${ADVICE}`;
  await expect(text).toMatchFileSnapshot(join(root, PAGE));
});

/** Elsewhere than in CI, each way to succeed in one queue. */
const compared = rows.filter((_, at) => isFull || [0, 3, 4].includes(at));

test.each(compared)('what a repeated request does to a load hardly matters: %j', async (row) => {
  const nights = await Promise.all(
    ['harmless', 'refused', 'restarts'].map((repeat) => runNight({ ...row, repeat, unloaded: 20 })),
  );
  const minutes = nights.map((night) => night.minutes);
  // The jitter differs.
  expect(Math.max(...minutes) - Math.min(...minutes)).toBeLessThanOrEqual(1);
});

test.each(compared)(
  'loaded models take seconds, and waiting for success 3 minutes at most: %j',
  async (row) => {
    expect(await runNight({ ...row, unloaded: 0 })).toMatchObject({ minutes: 0, failed: [] });
    const accepted = await runNight({ ...row, unloaded: 20 });
    const success = await runNight({ ...row, unloaded: 20, until: 'success' });
    expect(success.failed).toEqual([]);
    expect(success.minutes - accepted.minutes).toBeLessThanOrEqual(3);
  },
);

const INTRODUCTION = `# How long a nightly run takes

A job that keeps models loaded finds most of them loaded, and ends in seconds. How long it takes if many are unloaded
depends on what nobody has published: whether the call returns immediately or when the model is loaded, and whether loading
models fill the account's queue of 5. This table shows the time for ${MODELS} models in each scenario of the
[emulator](../packages/emulator/README.md), with \`--until accepted\`, loads of 2 minutes and the default options. \`--until success\`
takes at most 3 more minutes. A test generates this page on a virtual clock, and checks that every model is reached without an
error. Nothing here was measured against the live API.

_success_: \`loaded\` (returned when the model is loaded), \`accepted\` (returned immediately), \`blocking\` (the call returns
only when the model is loaded). _queue_: \`open\` (open requests fill it), \`loading\` (loading models do as well). What a
repeated request does to a load hardly matters here.`;

const ADVICE = `
What follows:

- **How often all are unloaded**: if a reload does not count as use, a model that nobody uses is unloaded every
  7 days, regardless of the job. A list that was loaded together is then unloaded together.
- **Limit the run as a whole, above the worst case**: \`timeout 4h\` before the command, \`timeout-minutes: 240\` in a
  workflow. \`--timeout\` is for each model; models in line do not use it up.
- **Do not let two runs overlap**: they share the account's queue. \`flock -n\` in cron, \`concurrency\` in a workflow,
  \`concurrencyPolicy: Forbid\` in Kubernetes.
- **\`--concurrency 4\`** halves the time if the call blocks. The smallest plan's queue holds 5, for everything that uses the
  account: leave a slot for your customers.
- **GitHub bills minutes**: at up to 200 minutes a night, run a long list with cron on your own machine, or in several
  schedules of 50 models at different hours.
`;
