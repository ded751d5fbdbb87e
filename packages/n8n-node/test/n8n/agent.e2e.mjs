// The node as an agent's tool, with a language model that follows a script.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { createFixture } from './fixture.mjs';
import { startOpenAiStub } from './openai-stub.mjs';
import { example } from './workflows.mjs';

let fixture;
let openAi;

beforeAll(async () => {
  openAi = await startOpenAiStub();
  fixture = await createFixture({ models: ['our-style'], loadTimeMs: 1000 });
  fixture.credentials.openAiApi = await fixture.n8n.addCredential('openAiApi', {
    apiKey: 'none',
    url: openAi.url,
  });
});

afterAll(async () => {
  await openAi?.close();
  await fixture?.emulator.close();
});

/** Makes the agent call a tool with arguments; returns the result that the language model receives. */
async function callTool(agentVersion, tool, args) {
  openAi.script(tool, args);
  const workflow = example('reload-by-an-agent.json', fixture.emulator.url, (node) => {
    node('AI Agent').typeVersion = agentVersion;
    node('Reload a Model').parameters.options = { pollInterval: 0.5 };
  });
  const chat = { sessionId: 'test', action: 'sendMessage', chatInput: 'Reload the model' };
  const { status, outputsOf } = await fixture.execute(workflow, {
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
  return { status, output: outputsOf('AI Agent')[0][0].json.output, read: openAi.toolResults() };
}

test('The tools have meaningful names and descriptions.', async () => {
  await callTool(2, 'List_Trained_Models', {});

  const tools = openAi.requests[0].tools.map((tool) => tool.function);
  expect(Object.fromEntries(tools.map(({ name, description }) => [name, description]))).toEqual({
    List_Trained_Models: 'Get many trained models in ModelsLab Reload',
    Reload_a_Model: expect.stringMatching(/^Reloads one model/),
  });
});

describe.each([2, 3])('With agent version %i, the language model receives', (version) => {
  test('the outcome of a model that is reloaded.', async () => {
    const args = { model_id: `our-style-${version}` };

    const { status, read, output } = await callTool(version, 'Reload_a_Model', args);

    expect(status).toBe('success');
    expect(read).toMatch(new RegExp(`"modelId":"our-style-${version}","status":"success"`));
    expect(output).toContain('"status":"success"');
  });

  test.each([
    [
      'a model that does not exist',
      'not-found',
      /"code":"model_not_found".*Model not found.*Get Many/,
    ],
    ['an empty id', ' ', /"code":"invalid_argument".*Model is empty/],
    ['a list', 'a, b', /"code":"invalid_argument".*not a list.*Split Out/],
  ])('code, message and hint of a failure: %s.', async (_, modelId, failure) => {
    const { status, read } = await callTool(version, 'Reload_a_Model', { model_id: modelId });

    expect(status).toBe('success');
    expect(read).toMatch(failure);
  });

  test('code, message and hint if the list of models fails.', async () => {
    const { n8n, emulator, credentials } = fixture;
    const data = { apiKey: 'an-invalid-key', baseUrl: emulator.url };
    const valid = credentials.modelsLabReloadApi;
    credentials.modelsLabReloadApi = await n8n.addCredential('modelsLabReloadApi', data);

    const { read } = await callTool(version, 'List_Trained_Models', {});

    credentials.modelsLabReloadApi = valid;
    expect(read).toMatch(/"code":"unauthorized".*Invalid API key.*dashboard/);
  });
});
