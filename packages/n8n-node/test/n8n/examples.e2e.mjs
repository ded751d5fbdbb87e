// Imports the workflows to copy into a real n8n. The one that frees the slot is tested in load.e2e.mjs and
// queue.e2e.mjs, the agent in agent.e2e.mjs.
import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { createFixture } from './fixture.mjs';
import { example, EXAMPLES } from './workflows.mjs';

let fixture;

beforeAll(async () => {
  const models = ['my-face', 'our-style', 'broken-model', 'not-found'];
  fixture = await createFixture({ models, loadTimeMs: 1500 });
});

afterAll(async () => await fixture?.emulator.close());

test('These are all workflows to copy.', () => {
  expect(readdirSync(EXAMPLES).filter((name) => name.endsWith('.json'))).toEqual([
    'keep-models-loaded.json',
    'reload-and-free-the-slot.json',
    'reload-before-generating.json',
    'reload-by-an-agent.json',
  ]);
});

describe('Keep models loaded', () => {
  const trigger = { name: 'Every Day' };

  test('leaves out a model, and notifies only about those that failed.', async () => {
    const workflow = example('keep-models-loaded.json', fixture.emulator.url);

    const { status, outputsOf } = await fixture.execute(workflow, trigger);

    expect(status).toBe('success');
    expect(outputsOf('Reload')[0].map(({ json }) => json.modelId)).toEqual([
      'my-face',
      'our-style',
      'not-found',
    ]);
    expect(outputsOf('Notify')[0].map(({ json }) => json.modelId)).toEqual(['not-found']);
  });

  test('notifies if the list of models itself fails.', async () => {
    const { n8n, emulator, create } = fixture;
    const data = { apiKey: 'an-invalid-key', baseUrl: emulator.url };
    const modelsLabReloadApi = await n8n.addCredential('modelsLabReloadApi', data);
    const workflow = await create(example('keep-models-loaded.json', emulator.url), {
      modelsLabReloadApi,
    });

    const { status, outputsOf, runsOf } = await n8n.execute(workflow, trigger);

    expect(status).toBe('success');
    expect(runsOf('Reload')).toEqual([]);
    expect(outputsOf('Notify')[0]).toMatchObject([
      { json: { error: { code: 'unauthorized', hint: expect.stringContaining('API key') } } },
    ]);
  });
});

test('Reload before generating: the image is generated with the same credential.', async () => {
  const workflow = example('reload-before-generating.json', fixture.emulator.url, (node) => {
    node('Reload').parameters.options = { pollInterval: 0.5 };
  });

  const { status, outputsOf } = await fixture.execute(workflow);

  expect(status).toBe('success');
  expect(outputsOf('Generate an Image')[0]).toMatchObject([
    { json: { status: 'success', output: [expect.stringMatching(/\.png$/)] } },
  ]);
  expect(fixture.emulator.requests.at(-1)).toMatchObject({
    path: '/api/v6/images/text2img',
    keyIsValid: true,
    fieldNames: ['model_id', 'prompt', 'key'],
  });
});
