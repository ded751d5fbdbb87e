// Measures how many minutes GitHub bills for a list of 60 models in every scenario, on a virtual clock, and writes them
// into the README of the Action.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { markdownTable } from '../docs/markdown.mjs';
import { openTable } from './measured-table.mjs';
import { read, root } from './repository.mjs';
import { simulateList } from './simulate-list.mjs';

const README = 'packages/github-action/README.md';
const MODELS = 60;

const SCENARIOS = [
  ['has all models loaded', { success: 'loaded', queue: 'open', unloaded: 0 }],
  ['answers immediately, loads do not fill the queue', { success: 'loaded', queue: 'open' }],
  ['answers immediately, loads fill the queue', { success: 'loaded', queue: 'loading' }],
  ['answers when a model is loaded', { success: 'blocking', queue: 'open' }],
];
const COLUMNS = [
  ['`until: accepted`', { until: 'accepted' }],
  ['`until: success`', { until: 'success' }],
  ['`until: success`, `concurrency: 4`', { until: 'success', concurrency: 4 }],
];

const { rows, measured } = openTable(
  read(README),
  SCENARIOS.map(([name]) => [name]),
  COLUMNS.length,
);

test.each(measured)('60 models end in the billed minutes: %j', async ({ row, column, at }) => {
  const run = await simulateList({
    models: MODELS,
    unloaded: MODELS,
    repeat: 'refused',
    ...SCENARIOS[row][1],
    ...COLUMNS[column][1],
  });
  expect(run).toMatchObject({ failed: [], outcomes: MODELS, begun: MODELS });
  // GitHub rounds up.
  rows[row][at] = Math.max(1, run.minutes);
});

test('the README of the Action has the billed minutes of 60 models in every scenario', async () => {
  const table = markdownTable(['the API', ...COLUMNS.map(([head]) => head)], rows);
  const part = /(<!-- costs:begin -->\n)[^]*(<!-- costs:end -->)/;
  expect(read(README)).toMatch(part);
  const text = read(README).replace(part, (_, begin, end) => `${begin}\n${table}\n\n${end}`);
  await expect(text).toMatchFileSnapshot(join(root, README));
});
