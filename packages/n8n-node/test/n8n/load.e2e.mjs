// Tests many concurrent executions in regular mode, where they share one client.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { createFixture } from './fixture.mjs';
import { callManyTimes, SPAM_FILTER } from './load.mjs';
import { example, reloadNode, webhookWorkflow } from './workflows.mjs';

let fixture;

beforeAll(async () => {
  fixture = await createFixture(SPAM_FILTER);
});

afterAll(async () => await fixture?.emulator.close());

test('Thirty calls for one model cost at most three requests, and none fails.', async () => {
  const requests = await callManyTimes(fixture, 'wanted-by-many');

  console.log(`Regular mode: ${requests.length} requests for 30 calls.`);
  expect(requests.length).toBeLessThanOrEqual(3);
  expect(requests.every(({ reply }) => reply === 200)).toBe(true);
}, 300_000);

test('A request continues for the others when the execution that sent it is stopped.', async () => {
  const { emulator, n8n, create, requestsOf } = await createFixture({
    success: 'blocking',
    loadTimeMs: 8000,
  });
  const workflow = await create(
    webhookWorkflow('carried', [reloadNode('={{ $json.body.model }}')]),
  );
  const call = async () => await n8n.post('carried', { model: 'answers-late' });
  const first = call();
  await expect.poll(() => requestsOf('answers-late').length, { timeout: 20_000 }).toBe(1);
  const others = [call(), call()];
  await expect
    .poll(async () => (await n8n.executionsOf(workflow)).length, { timeout: 20_000 })
    .toBe(3);
  // The other executions have started, but need some time to reach the node.
  await sleep(1000);
  const [{ id }] = await n8n.executionsOf(workflow);

  await n8n.stop(id);

  expect(await n8n.ended(id)).toMatchObject({ status: 'canceled' });
  expect(requestsOf('answers-late')).toMatchObject([{ endedAt: null }]);
  for (const { status, json } of await Promise.all(others)) {
    expect([status, json?.status]).toEqual([200, 'success']);
  }
  expect(requestsOf('answers-late')).toMatchObject([{ reply: 200 }]);
  await first;
  await emulator.close();
});

test('The workflow that frees the slot waits outside the node, then continues the wait.', async () => {
  const { n8n, create, emulator, requestsOf } = fixture;
  const workflow = await create(
    example('reload-and-free-the-slot.json', emulator.url, (node) => {
      // n8n offloads a wait of more than 65 s.
      node('Wait').parameters.amount = 66;
      for (const name of ['Reload Until Accepted', 'Reload Until Success']) {
        node(name).parameters.options = { pollInterval: 60 };
      }
    }),
  );
  const { path } = workflow.nodes.find(({ name }) => name === 'Webhook').parameters;

  expect(await n8n.post(path, { model: 'freed' })).toMatchObject({ status: 200 });

  const [{ id }] = await n8n.executionsOf(workflow);
  const statusOf = async () => (await n8n.executionsOf(workflow))[0].status;
  await expect.poll(statusOf, { timeout: 20_000 }).toBe('waiting');
  await expect.poll(statusOf, { timeout: 100_000 }).toBe('success');
  const { outputsOf } = await n8n.ended(id);
  expect(outputsOf('Your Next Step')[0]).toMatchObject([
    { json: { modelId: 'freed', status: 'success', evidence: 'change', error: null } },
  ]);
  expect(requestsOf('freed')).toHaveLength(2);
}, 180_000);
