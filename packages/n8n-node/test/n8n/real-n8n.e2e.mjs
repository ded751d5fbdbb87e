// The packed node in a real n8n, against the emulator.
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { start } from '@modelslab-reload/emulator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openEditor } from './browser.mjs';
import { freePort, startN8n } from './instance.mjs';
import { startOpenAiStub } from './openai-stub.mjs';

const TYPE = 'n8n-nodes-modelslab-reload.modelsLabReload';
// With characters that JSON, URLs and HTML write in other ways.
const KEY = 'n8n/e2e+key&1"2';
const EXAMPLES = new URL('../../../../examples/n8n/', import.meta.url);

let emulator;
let n8n;
let openAi;
let credentials;

beforeAll(async () => {
  const models = ['my-face', 'our-style', 'not-found'];
  emulator = await start({ port: 0, apiKey: KEY, models, loadTimeMs: 1500, retryAfterMs: 1000 });
  openAi = await startOpenAiStub({ tool: 'Reload_a_Model', args: { model_id: 'our-style' } });
  n8n = await startN8n();
  credentials = {
    modelsLabReloadApi: await addCredential('modelsLabReloadApi', {
      apiKey: KEY,
      baseUrl: emulator.url,
      allowInsecureHttp: false,
    }),
    openAiApi: await addCredential('openAiApi', { apiKey: 'none', url: openAi.url }),
  };
});

afterAll(async () => {
  await n8n?.close();
  await openAi?.close();
  await emulator?.close();
});

async function addCredential(type, data) {
  const { id, name } = await n8n.call('POST', '/rest/credentials', { name: type, type, data });
  return { id, name };
}

/** Imports a workflow as the editor does, with the credentials that a user would choose. */
async function importWorkflow(workflow, chosen = credentials) {
  const users = {
    [TYPE]: 'modelsLabReloadApi',
    [`${TYPE}Tool`]: 'modelsLabReloadApi',
    'n8n-nodes-base.httpRequest': 'modelsLabReloadApi',
    '@n8n/n8n-nodes-langchain.lmChatOpenAi': 'openAiApi',
  };
  const nodes = workflow.nodes.map((node) => {
    const type = users[node.type];
    return type ? { ...node, credentials: { [type]: chosen[type] } } : node;
  });
  return await n8n.call('POST', '/rest/workflows', { ...workflow, nodes, active: false });
}

/** A trigger and the node. */
function workflowOf(modelIds, parameters = {}, settings = {}) {
  const code = `return ${JSON.stringify(modelIds.map((modelId) => ({ json: { modelId } })))};`;
  return {
    name: 'Test',
    nodes: [
      nodeOf('Start', 'n8n-nodes-base.manualTrigger', 1, {}),
      nodeOf('Models', 'n8n-nodes-base.code', 2, { jsCode: code }),
      {
        ...nodeOf('Reload', TYPE, 1, {
          resource: 'model',
          operation: 'reload',
          modelId: { __rl: true, mode: 'id', value: '={{ $json.modelId }}' },
          until: 'success',
          options: { pollInterval: 0.5 },
          ...parameters,
        }),
        ...settings,
      },
    ],
    connections: {
      Start: { main: [[{ node: 'Models', type: 'main', index: 0 }]] },
      Models: { main: [[{ node: 'Reload', type: 'main', index: 0 }]] },
    },
    settings: { executionOrder: 'v1' },
  };
}

function nodeOf(name, type, typeVersion, parameters) {
  return { id: name, name, type, typeVersion, position: [0, 0], parameters };
}

async function executeWith(modelIds, parameters, settings) {
  const workflow = await importWorkflow(workflowOf(modelIds, parameters, settings));
  return await n8n.execute(workflow, { name: 'Start' });
}

function example(name) {
  return JSON.parse(
    readFileSync(new URL(name, EXAMPLES), 'utf8').replaceAll('https://modelslab.com', emulator.url),
  );
}

describe('the node', () => {
  it('reloads items together, each paired with its input', async () => {
    const { status, outputsOf } = await executeWith(['a', 'b', 'a']);

    expect(status).toBe('success');
    const [items] = outputsOf('Reload');
    expect(items.map(({ json, pairedItem }) => [json.modelId, json.status, pairedItem])).toEqual([
      ['a', 'success', { item: 0 }],
      ['b', 'success', { item: 1 }],
      ['a', 'success', { item: 2 }],
    ]);
    expect(items[0].json).toMatchObject({
      evidence: 'change',
      firstStatus: 'processing',
      error: null,
    });
    expect(emulator.requests.find(({ modelId }) => modelId === 'a')).toMatchObject({
      path: '/api/v6/images/model_reload',
      keyIsValid: true,
      fieldNames: ['key', 'model_id'],
    });
    // Redacted by the emulator, had the key been in one of them.
    expect(JSON.stringify(emulator.requests.map(({ headers }) => headers))).not.toContain(
      'redacted',
    );
  });

  it('has a picture drawn, where that is asked for', async () => {
    const { outputsOf } = await executeWith(['drawn'], { until: 'image' });

    expect(outputsOf('Reload')[0]).toMatchObject([
      { json: { modelId: 'drawn', evidence: 'image', imageUrl: expect.stringMatching(/^https:/) } },
    ]);
  });

  it('offers the trained models in its list, searchable', async () => {
    const list = async (filter) =>
      await n8n.call('POST', '/rest/dynamic-node-parameters/resource-locator-results', {
        nodeTypeAndVersion: { name: TYPE, version: 1 },
        currentNodeParameters: { resource: 'model', operation: 'reload' },
        credentials: { modelsLabReloadApi: credentials.modelsLabReloadApi },
        methodName: 'searchModels',
        path: 'parameters.modelId',
        filter,
      });

    expect(await list('')).toMatchObject({
      results: [{ name: 'my-face', value: 'my-face' }, {}, {}],
    });
    expect(await list('STYLE')).toEqual({ results: [{ name: 'our-style', value: 'our-style' }] });
  });

  it('fails the execution with the model, what the API said, what to do, and the item', async () => {
    const { status, error } = await executeWith(['c', 'not-found']);

    expect(status).toBe('error');
    expect(error).toMatchObject({
      message: expect.stringMatching(/^not-found: Model not found/),
      description: expect.stringContaining('list of trained models'),
      context: { itemIndex: 1 },
    });
  });

  it("goes on with the outcome with 'continue'", async () => {
    const { status, outputsOf } = await executeWith(
      ['c', 'not-found'],
      {},
      { onError: 'continueRegularOutput' },
    );

    expect(status).toBe('success');
    expect(outputsOf('Reload')[0].map(({ json }) => [json.modelId, json.error?.code])).toEqual([
      ['c', undefined],
      ['not-found', 'model_not_found'],
    ]);
  });

  it('sends failures to the error output, the outcome inside', async () => {
    const { outputsOf } = await executeWith(
      ['c', 'not-found'],
      {},
      { onError: 'continueErrorOutput' },
    );

    const [reached, failed] = outputsOf('Reload');
    expect(reached).toMatchObject([{ json: { modelId: 'c', error: null } }]);
    expect(failed).toMatchObject([
      {
        json: {
          modelId: 'not-found',
          error: { code: 'model_not_found', outcome: { requests: 1 } },
        },
      },
    ]);
  });

  it('reads every fault of the API and of the way there', async () => {
    const codes = {
      'fails-once': undefined,
      'rate-limited-once': undefined,
      misspelt: undefined,
      'no-message': undefined,
      'server-error': 'server_error',
      'html-502': 'server_error',
      'http-200-error': 'api_error',
      'validation-object': 'invalid_request',
      'status-failed': 'api_error',
      'empty-body': 'unexpected_response',
      huge: 'unexpected_response',
      redirects: 'unexpected_response',
      truncated: 'network_error',
      resets: 'network_error',
      hangs: 'request_timeout',
      drips: 'request_timeout',
    };
    const options = { pollInterval: 0.5, retries: 1, requestTimeout: 3, concurrency: 4 };

    const { outputsOf } = await executeWith(
      Object.keys(codes),
      { options },
      { onError: 'continueRegularOutput' },
    );

    const [items] = outputsOf('Reload');
    expect(Object.fromEntries(items.map(({ json }) => [json.modelId, json.error?.code]))).toEqual(
      codes,
    );
  });

  it('ends an open request at the deadline', async () => {
    const { outputsOf } = await executeWith(
      ['drips'],
      { options: { timeout: 1.5 } },
      { onError: 'continueRegularOutput' },
    );

    expect(outputsOf('Reload')[0]).toMatchObject([{ json: { error: { code: 'wait_timeout' } } }]);
    await expect
      .poll(() => emulator.requests.at(-1))
      .toMatchObject({ modelId: 'drips', reply: 'aborted' });
  });

  it('names the system code of a refused connection', async () => {
    const offline = await addCredential('modelsLabReloadApi', {
      apiKey: KEY,
      baseUrl: `http://127.0.0.1:${await freePort()}`,
    });
    const workflow = workflowOf(['a'], { options: { retries: 0 } });

    const { error } = await n8n.execute(
      await importWorkflow(workflow, { ...credentials, modelsLabReloadApi: offline }),
      { name: 'Start' },
    );

    expect(error).toMatchObject({
      message: expect.stringMatching(/^a: The request failed: connect ECONNREFUSED/),
      description: expect.stringContaining('Check the network, the base URL'),
    });
  });
});

describe('cancelling an execution', () => {
  it.each(['always-processing', 'hangs'])(
    'ends it at once, with no request after it: %s',
    async (modelId) => {
      const workflow = await importWorkflow(workflowOf([modelId]));
      const executionId = await n8n.run(workflow, { name: 'Start' });
      const seen = () => emulator.requests.filter((request) => request.modelId === modelId);
      await expect.poll(() => seen().length, { timeout: 20_000 }).toBeGreaterThan(0);

      await n8n.call('POST', `/rest/executions/${executionId}/stop`);

      const sent = seen().length;
      await sleep(2500);
      expect(seen()).toHaveLength(sent);
      expect(seen().every(({ endedAt }) => endedAt !== null)).toBe(true);
      expect(await n8n.ended(executionId)).toMatchObject({ status: 'canceled' });
    },
  );
});

describe('the credential', () => {
  const test = async (data) =>
    await n8n.call('POST', '/rest/credentials/test', {
      credentials: { id: '', name: 'Test', type: 'modelsLabReloadApi', data },
    });

  it('passes its test with a good key', async () => {
    expect(await test({ apiKey: KEY, baseUrl: emulator.url })).toMatchObject({ status: 'OK' });
  });

  it.each([
    [
      'a bad key',
      () => ({ apiKey: 'bad', baseUrl: emulator.url }),
      /^Invalid API key\. Check the API key/,
    ],
    [
      'nobody there',
      () => ({ apiKey: KEY, baseUrl: 'http://127.0.0.1:9' }),
      /ECONNREFUSED.*Check the network/,
    ],
    ['a wrong host', () => ({ apiKey: KEY, baseUrl: n8n.url }), /what answered is not the API/],
    ['plain HTTP', () => ({ apiKey: KEY, baseUrl: 'http://example.com' }), /unencrypted/],
  ])('says what is wrong: %s', async (_, data, message) => {
    const result = await test(data());

    expect(result).toEqual({ status: 'Error', message: expect.stringMatching(message) });
  });
});

describe('the key', () => {
  it('is in nothing that n8n stores or logs, though the API echoes it', async () => {
    for (const onError of ['stopWorkflow', 'continueRegularOutput', 'continueErrorOutput']) {
      await executeWith(['echoes-key'], { options: { retries: 0 } }, { onError });
    }
    // What was stored last may still be on its way to the disk.
    await expect
      .poll(() => n8n.readEverythingStored(), { timeout: 10_000 })
      .toContain('[redacted]');

    const stored = n8n.readEverythingStored();
    const spellings = [KEY, JSON.stringify(KEY).slice(1, -1), encodeURIComponent(KEY), btoa(KEY)];
    const twice = JSON.stringify(JSON.stringify(KEY)).slice(3, -3);
    for (const spelling of [...spellings, twice]) expect(stored.includes(spelling)).toBe(false);
  });
});

describe('the workflows to copy', () => {
  it('are these', () => {
    expect(readdirSync(EXAMPLES).filter((name) => name.endsWith('.json'))).toEqual([
      'keep-models-loaded.json',
      'reload-before-generating.json',
      'reload-by-an-agent.json',
    ]);
  });

  it('keep models loaded: only failures reach the notification', async () => {
    const workflow = await importWorkflow(example('keep-models-loaded.json'));

    const { status, outputsOf } = await n8n.execute(workflow, { name: 'Every Day' });

    expect(status).toBe('success');
    expect(outputsOf('Reload')[0].map(({ json }) => json.modelId)).toEqual([
      'my-face',
      'our-style',
      'not-found',
    ]);
    expect(outputsOf('Notify')[0].map(({ json }) => json.modelId)).toEqual(['not-found']);
  });

  it('reload before generating: the picture is drawn with the same credential', async () => {
    const workflow = example('reload-before-generating.json');
    workflow.nodes.find(({ name }) => name === 'Reload').parameters.options = { pollInterval: 0.5 };

    const { status, outputsOf } = await n8n.execute(await importWorkflow(workflow), {
      name: 'Start',
    });

    expect(status).toBe('success');
    expect(outputsOf('Generate an Image')[0]).toMatchObject([
      { json: { status: 'success', output: [expect.stringMatching(/\.png$/)] } },
    ]);
    expect(emulator.requests.at(-1)).toMatchObject({
      path: '/api/v6/images/text2img',
      keyIsValid: true,
      fieldNames: ['model_id', 'prompt', 'key'],
    });
  });

  it('reload by an agent: the tool exists, says what it does, and is called', async () => {
    const workflow = example('reload-by-an-agent.json');
    workflow.nodes.find(({ name }) => name === 'Reload a Model').parameters.options = {
      pollInterval: 0.5,
    };
    const chat = { sessionId: 'test', action: 'sendMessage', chatInput: 'Reload our-style' };

    const { status, outputsOf } = await n8n.execute(await importWorkflow(workflow), {
      name: 'When Chat Message Received',
      data: {
        startTime: Date.now(),
        executionTime: 0,
        executionIndex: 0,
        executionStatus: 'success',
        data: { main: [[{ json: chat }]] },
        source: [],
      },
    });

    expect(status).toBe('success');
    const [{ json }] = outputsOf('AI Agent')[0];
    expect(json.output).toMatch(/^The tool said: .*"modelId":"our-style","status":"success"/);
    const tools = openAi.requests[0].tools.map((tool) => tool.function);
    expect(Object.fromEntries(tools.map(({ name, description }) => [name, description]))).toEqual({
      List_Trained_Models: 'Get many trained models in ModelsLab Reload',
      Reload_a_Model: expect.stringMatching(/^Reloads one model/),
    });
  });
});

describe('the search', () => {
  let editor;

  beforeAll(async () => {
    const { id } = await importWorkflow(workflowOf(['a']));
    editor = await openEditor(n8n.url);
    const { page } = editor;
    await page.goto(`${n8n.url}/workflow/${id}`);
    await page.getByTestId('canvas-node').first().waitFor();
    await page.getByTestId('node-creator-plus-button').first().click();
  });
  afterAll(async () => await editor?.browser.close());

  it.each(['modelslab', 'reload', 'warm', 'gpu', 'dreambooth', 'stable diffusion'])(
    'finds the node by %s',
    async (word) => {
      const { page } = editor;
      const bar = page.getByTestId('node-creator-search-bar');
      await bar
        .locator('input')
        .or(page.locator('input[data-test-id="node-creator-search-bar"]'))
        .first()
        .fill(word);

      await expect
        .poll(() => page.getByTestId('node-creator-item-name').allInnerTexts(), { timeout: 10_000 })
        .toContain('ModelsLab Reload');
    },
  );

  it('does not find it by any word', async () => {
    const { page } = editor;
    await page
      .locator('input[data-test-id="node-creator-search-bar"]')
      .or(page.getByTestId('node-creator-search-bar').locator('input'))
      .first()
      .fill('spreadsheet');

    await expect
      .poll(() => page.getByTestId('node-creator-item-name').allInnerTexts(), { timeout: 10_000 })
      .not.toContain('ModelsLab Reload');
  });
});
