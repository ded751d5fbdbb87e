// Tests queue mode: main and two workers on Redis and PostgreSQL. Each worker is a process with its own client.
import { afterAll, beforeAll, expect, test } from 'vitest';

import { startCluster } from './cluster.mjs';
import { createFixture, KEY } from './fixture.mjs';
import { callManyTimes, SPAM_FILTER } from './load.mjs';
import { example, nodeOf, webhookWorkflow } from './workflows.mjs';

let cluster;
let fixture;

beforeAll(async () => {
  cluster = await startCluster();
  fixture = await createFixture(SPAM_FILTER, cluster);
});

afterAll(async () => {
  await cluster?.close();
  await fixture?.emulator.close();
});

test('Thirty calls for one model cost at most twelve requests, and none fails.', async () => {
  const requests = await callManyTimes(fixture, 'wanted-by-many');

  console.log(`Queue mode: ${requests.length} requests for 30 calls.`);
  expect(requests.length).toBeLessThanOrEqual(12);
  expect(cluster.countExecutions().every((count) => count > 0)).toBe(true);
}, 600_000);

test('While more models load than there are slots, another webhook responds immediately.', async () => {
  const { emulator, create, credentials } = await createFixture(
    { loadTimeMs: 5000, queueLimit: 50 },
    cluster,
  );
  const workflow = await create(
    example('reload-and-free-the-slot.json', emulator.url, (node) => {
      node('Wait').parameters.amount = 66;
      for (const name of ['Reload Until Accepted', 'Reload Until Success']) {
        node(name).parameters.options = { pollInterval: 60 };
      }
    }),
    credentials,
  );
  const { path } = workflow.nodes.find(({ name }) => name === 'Webhook').parameters;
  await create(webhookWorkflow('trivial', [nodeOf('Pass', 'n8n-nodes-base.noOp', 1, {})]));
  const models = Array.from({ length: 25 }, (_, index) => `model-${index}`);

  await Promise.all(models.map(async (model) => await cluster.post(path, { model })));
  const statusesOf = async () => {
    const executions = await cluster.executionsOf(workflow);
    return [...new Set(executions.map(({ status }) => status))];
  };
  await expect.poll(statusesOf, { timeout: 60_000 }).toEqual(['waiting']);
  const startedAt = performance.now();
  expect(await cluster.post('trivial', {})).toMatchObject({ status: 200 });
  const responseMs = performance.now() - startedAt;

  console.log(`Queue mode: with 25 models loading, a webhook responds in ${responseMs | 0} ms.`);
  expect(responseMs).toBeLessThan(5000);
  await expect.poll(statusesOf, { timeout: 240_000, interval: 1000 }).toEqual(['success']);
  expect(await cluster.executionsOf(workflow)).toHaveLength(models.length);
  await emulator.close();
}, 400_000);

test('No table of the database and no log contains the key.', () => {
  const stored = cluster.readEverythingStored();

  expect(stored).toContain('wanted-by-many');
  for (const encoded of [KEY, JSON.stringify(KEY).slice(1, -1), encodeURIComponent(KEY)]) {
    expect(stored.includes(encoded)).toBe(false);
  }
});
