// Many concurrent executions, for regular mode and queue mode.
import { expect } from 'vitest';

import { reloadNode, webhookWorkflow } from './workflows.mjs';

/** Like the vendor's API in its smallest plan: five concurrent requests, and no repeated request within 30 s. */
export const SPAM_FILTER = {
  repeat: 'refused',
  loadTimeMs: 5000,
  queueLimit: 5,
  spamWindowMs: 30_000,
};

const WITHIN_A_MINUTE = { timeout: 60_000, interval: 500 };

/**
 * Calls a webhook 31 times for one model, with the node's defaults, and stops one of the executions
 * while the others wait.
 *
 * @returns the requests that the API received
 */
export async function callManyTimes({ n8n, create, requestsOf }, modelId) {
  const path = `load-${modelId}`;
  const workflow = await create(webhookWorkflow(path, [reloadNode('={{ $json.body.model }}')]));
  const calls = Array.from({ length: 31 }, async () => await n8n.post(path, { model: modelId }));
  const stopped = await stopOne(n8n, workflow);

  const replies = await Promise.all(calls);

  const succeeded = replies.filter(({ json }) => json?.status === 'success');
  expect(succeeded).toHaveLength(30);
  expect(succeeded.every(({ status, json }) => status === 200 && json.error === null)).toBe(true);
  // An execution ends a moment after its webhook has responded.
  const statusesOf = async () =>
    Object.fromEntries((await n8n.executionsOf(workflow)).map(({ id, status }) => [id, status]));
  await expect.poll(async () => Object.keys(await statusesOf()), WITHIN_A_MINUTE).toHaveLength(31);
  await expect
    .poll(async () => new Set(Object.values(await statusesOf())), WITHIN_A_MINUTE)
    .toEqual(new Set(['success', 'canceled']));
  const unsuccessful = Object.entries(await statusesOf()).filter(([, word]) => word !== 'success');
  expect(unsuccessful).toEqual([[stopped, 'canceled']]);
  return requestsOf(modelId);
}

/** Stops the execution that started first, once the others wait as well. */
async function stopOne(n8n, workflow) {
  await expect
    .poll(async () => (await n8n.executionsOf(workflow)).length, WITHIN_A_MINUTE)
    .toBe(31);
  const executions = await n8n.executionsOf(workflow);
  const { id } = executions.find(({ status }) => status === 'running');
  await n8n.stop(id);
  return id;
}
