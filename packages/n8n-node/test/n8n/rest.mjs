// Does what n8n's editor does, over the same API.
import { request } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

import { paths } from './install.mjs';

export const owner = { email: 'owner@example.com', password: 'Passw0rd-of-a-test' };

/** Sets up the owner of a new n8n; returns the cookie of the session. */
export async function setUpOwner(url) {
  const reply = await fetch(`${url}/rest/owner/setup`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...owner, firstName: 'Test', lastName: 'Owner' }),
  });
  if (!reply.ok) throw new Error(`Setting up the owner returned HTTP ${reply.status}`);
  return reply.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
}

/** Connects to an n8n as its owner. */
export function connect(url, cookie) {
  const { parse } = createRequire(join(paths.n8n, 'package.json'))('flatted');

  async function call(method, path, body) {
    const reply = await fetch(url + path, {
      method,
      headers: { cookie, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    const replyText = await reply.text();
    if (!reply.ok) throw new Error(`${method} ${path}: HTTP ${reply.status} ${replyText}`);
    return replyText === '' ? null : JSON.parse(replyText).data;
  }

  async function addCredential(type, data) {
    const { id, name } = await call('POST', '/rest/credentials', { name: type, type, data });
    return { id, name };
  }

  /** Creates a workflow; publishes it if a webhook starts it. */
  async function create(workflow) {
    const created = await call('POST', '/rest/workflows', { ...workflow, active: false });
    const webhook = workflow.nodes.find(({ type }) => type === 'n8n-nodes-base.webhook');
    if (webhook) {
      const { versionId } = created;
      await call('POST', `/rest/workflows/${created.id}/activate`, { versionId });
      await waitForWebhook(webhook.parameters.path);
    }
    return created;
  }

  /** n8n registers a webhook some time after it has published the workflow. */
  async function waitForWebhook(path) {
    for (let tries = 0; tries < 300; tries++) {
      const reply = await fetch(`${url}/webhook/${path}`);
      if ((await reply.text()).includes('Did you mean to make a POST request')) return;
      await sleep(100);
    }
    throw new Error(`n8n did not register the webhook ${path}.`);
  }

  /** Starts a workflow as the editor's button does; returns the id of the execution. */
  async function run(workflow, triggerToStartFrom) {
    const { executionId } = await call('POST', `/rest/workflows/${workflow.id}/run`, {
      workflowData: workflow,
      triggerToStartFrom,
    });
    return executionId;
  }

  /** Lists the executions of a workflow in the order of their start. */
  async function executionsOf(workflow) {
    const filter = encodeURIComponent(JSON.stringify({ workflowId: workflow.id }));
    const { results } = await call('GET', `/rest/executions?limit=100&filter=${filter}`);
    return results.toSorted((one, other) => Number(one.id) - Number(other.id));
  }

  /** Waits for the end of an execution; returns each node's output items, and the error that ended it. */
  async function ended(executionId) {
    for (;;) {
      const execution = await call('GET', `/rest/executions/${executionId}`);
      if (execution.finished || execution.stoppedAt) {
        const { resultData } = parse(execution.data);
        return {
          status: execution.status,
          error: resultData.error,
          outputsOf: (name) =>
            resultData.runData[name]?.at(-1)?.data?.main ??
            resultData.runData[name]?.at(-1)?.data?.ai_tool,
          runsOf: (name) => resultData.runData[name] ?? [],
        };
      }
      await sleep(200);
    }
  }

  return {
    url,
    call,
    addCredential,
    create,
    run,
    executionsOf,
    ended,
    execute: async (workflow, trigger) => await ended(await run(workflow, trigger)),
    stop: async (executionId) => await call('POST', `/rest/executions/${executionId}/stop`),
    post: async (path, body) => await post(`${url}/webhook/${path}`, body),
  };
}

/** Posts JSON to a webhook. It has no timeout, because a webhook may wait for minutes. */
async function post(url, body) {
  const sent = request(url, {
    method: 'POST',
    agent: false,
    headers: { 'content-type': 'application/json' },
  });
  sent.end(JSON.stringify(body));
  const reply = await new Promise((resolve, reject) => {
    sent.on('response', resolve).on('error', reject);
  });
  const replyText = await text(reply);
  return { status: reply.statusCode, text: replyText, json: parseJson(replyText) };
}

function parseJson(json) {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}
