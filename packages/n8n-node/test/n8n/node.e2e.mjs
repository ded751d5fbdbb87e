// Tests the packed node in a real n8n, against the emulator.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { createFixture, KEY } from './fixture.mjs';
import { freePort, readEverythingStored } from './instance.mjs';
import { manualWorkflow, TYPE, withCredentials } from './workflows.mjs';

let fixture;

beforeAll(async () => {
  const models = ['my-face', 'our-style', 'not-found'];
  fixture = await createFixture({ models, loadTimeMs: 1500, retryAfterMs: 1000 });
});

afterAll(async () => await fixture?.emulator.close());

const executeWith = async (...workflow) => await fixture.execute(manualWorkflow(...workflow));

describe('The node', () => {
  test('reloads items side by side, each paired with its input.', async () => {
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
    const { requests } = fixture.emulator;
    expect(requests.find(({ modelId }) => modelId === 'a')).toMatchObject({
      path: '/api/v6/images/model_reload',
      keyIsValid: true,
      fieldNames: ['key', 'model_id'],
    });
    // The emulator redacts a key in a header.
    expect(JSON.stringify(requests.map(({ headers }) => headers))).not.toContain('redacted');
  });

  test('waits for an image, if Wait Until is Image Generated.', async () => {
    const { outputsOf } = await executeWith(['with-image'], { until: 'image' });

    expect(outputsOf('Reload')[0]).toMatchObject([
      { json: { evidence: 'image', imageUrl: expect.stringMatching(/^https:/) } },
    ]);
  });

  test('has a searchable list of the trained models.', async () => {
    const { n8n, credentials } = fixture;
    const list = async (filter) =>
      await n8n.call('POST', '/rest/dynamic-node-parameters/resource-locator-results', {
        nodeTypeAndVersion: { name: TYPE, version: 1 },
        currentNodeParameters: { resource: 'model', operation: 'reload' },
        credentials,
        methodName: 'searchModels',
        path: 'parameters.modelId',
        filter,
      });

    expect(await list('')).toMatchObject({
      results: [{ name: 'my-face', value: 'my-face' }, {}, {}],
    });
    expect(await list('STYLE')).toEqual({ results: [{ name: 'our-style', value: 'our-style' }] });
  });

  test('ends an open request at the deadline.', async () => {
    const { outputsOf } = await executeWith(
      ['drips'],
      { options: { timeout: 1.5 } },
      { onError: 'continueRegularOutput' },
    );

    expect(outputsOf('Reload')[0]).toMatchObject([{ json: { error: { code: 'wait_timeout' } } }]);
    await expect.poll(() => fixture.requestsOf('drips')).toMatchObject([{ reply: 'aborted' }]);
  });
});

describe('A failure', () => {
  test('fails the execution with the model, its message, the hint and the item.', async () => {
    const { status, error } = await executeWith(['c', 'not-found']);

    expect(status).toBe('error');
    expect(error).toMatchObject({
      message: expect.stringMatching(/^not-found: Model not found/),
      description: expect.stringContaining('Get Many'),
      context: { itemIndex: 1 },
    });
  });

  test('is an item with its error if the node continues.', async () => {
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

  test('goes to the error output with its outcome.', async () => {
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
          error: { code: 'model_not_found', outcome: { modelId: 'not-found' } },
        },
      },
    ]);
  });

  test('has the right code, for three failures of the API and the network.', async () => {
    const codes = {
      'fails-once': undefined,
      'server-error': 'server_error',
      redirects: 'unexpected_response',
      resets: 'network_error',
    };
    const options = { pollInterval: 0.5, retries: 1, requestTimeout: 3 };

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

  test('contains the system code of a refused connection.', async () => {
    const { n8n } = fixture;
    const offline = await n8n.addCredential('modelsLabReloadApi', {
      apiKey: KEY,
      baseUrl: `http://127.0.0.1:${await freePort()}`,
    });
    const workflow = withCredentials(manualWorkflow(['a'], { options: { retries: 0 } }), {
      modelsLabReloadApi: offline,
    });

    const { error } = await n8n.execute(await n8n.create(workflow), { name: 'Start' });

    expect(error).toMatchObject({
      message: expect.stringMatching(/^a: The request failed: connect ECONNREFUSED/),
      description: expect.stringContaining('Check the network, the base URL'),
    });
  });
});

test('Retry On Fail does not request again what succeeded.', async () => {
  const { status } = await executeWith(
    ['retried', 'not-found'],
    { options: { pollInterval: 0.5 } },
    { retryOnFail: true, maxTries: 3, waitBetweenTries: 1000 },
  );

  expect(status).toBe('error');
  expect(fixture.requestsOf('retried').at(-1)).toMatchObject({ reply: 200 });
  // While it loads, it is polled every half second; after that, it is not requested again.
  expect(fixture.requestsOf('retried').length).toBeLessThanOrEqual(5);
});

describe('Cancelling an execution', () => {
  test.each(['always-processing', 'hangs'])(
    'ends it immediately, with no request after it: %s.',
    async (modelId) => {
      const { n8n, create, requestsOf } = fixture;
      const workflow = await create(manualWorkflow([modelId]));
      const executionId = await n8n.run(workflow, { name: 'Start' });
      await expect.poll(() => requestsOf(modelId).length, { timeout: 20_000 }).toBeGreaterThan(0);

      await n8n.stop(executionId);

      const sent = requestsOf(modelId).length;
      await sleep(2500);
      expect(requestsOf(modelId)).toHaveLength(sent);
      expect(requestsOf(modelId).every(({ endedAt }) => endedAt !== null)).toBe(true);
      expect(await n8n.ended(executionId)).toMatchObject({ status: 'canceled' });
    },
  );
});

describe('The test of a credential', () => {
  const testCredential = async (data) =>
    await fixture.n8n.call('POST', '/rest/credentials/test', {
      credentials: { id: '', name: 'Test', type: 'modelsLabReloadApi', data },
    });

  test('passes with a valid key.', async () => {
    const data = { apiKey: KEY, baseUrl: fixture.emulator.url };

    expect(await testCredential(data)).toMatchObject({ status: 'OK' });
  });

  test.each([
    [
      'an invalid key',
      () => ({ apiKey: 'key-of-nobody', baseUrl: fixture.emulator.url }),
      /^Invalid API key\. Check the API key/,
    ],
    [
      'no server',
      () => ({ apiKey: KEY, baseUrl: 'http://127.0.0.1:9' }),
      /ECONNREFUSED.*Check the network/,
    ],
    [
      'another server',
      () => ({ apiKey: KEY, baseUrl: fixture.n8n.url }),
      /Check the base URL and any proxy in between/,
    ],
    ['plain HTTP', () => ({ apiKey: KEY, baseUrl: 'http://example.com' }), /unencrypted/],
  ])('explains the problem: %s.', async (_, toData, message) => {
    const result = await testCredential(toData());

    expect(result).toEqual({ status: 'Error', message: expect.stringMatching(message) });
  });
});

test('Nothing that n8n stores or logs contains the key, although the API echoes it.', async () => {
  for (const onError of ['stopWorkflow', 'continueRegularOutput', 'continueErrorOutput']) {
    const options = { retries: 0, pollInterval: 0.5 };
    await executeWith(['echoes-key'], { options }, { onError });
  }
  const read = () => readEverythingStored(fixture.n8n);
  // The last changes may not have been written to disk yet.
  await expect.poll(read, { timeout: 10_000 }).toContain('[redacted]');

  const stored = read();
  const encodings = [KEY, JSON.stringify(KEY).slice(1, -1), encodeURIComponent(KEY), btoa(KEY)];
  const twice = JSON.stringify(JSON.stringify(KEY)).slice(3, -3);
  for (const encoded of [...encodings, twice]) expect(stored.includes(encoded)).toBe(false);
});
