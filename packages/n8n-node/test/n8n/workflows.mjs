// The workflows of the tests: small ones from here, and those of examples/n8n.
import { readFileSync } from 'node:fs';

export const TYPE = 'n8n-nodes-modelslab-reload.modelsLabReload';
export const EXAMPLES = new URL('../../../../examples/n8n/', import.meta.url);

export function nodeOf(name, type, typeVersion, parameters, more) {
  return { id: name, name, type, typeVersion, position: [0, 0], parameters, ...more };
}

/** Connects nodes one after another. */
export function chain(...names) {
  return Object.fromEntries(
    names
      .slice(0, -1)
      .map((name, index) => [
        name,
        { main: [[{ node: names[index + 1], type: 'main', index: 0 }]] },
      ]),
  );
}

export function reloadNode(modelId, parameters = {}, settings = {}) {
  return nodeOf(
    'Reload',
    TYPE,
    1,
    {
      resource: 'model',
      operation: 'reload',
      modelId: { __rl: true, mode: 'id', value: modelId },
      until: 'success',
      options: {},
      ...parameters,
    },
    settings,
  );
}

/** Creates a workflow with a manual trigger, an item for each model, and the node, which polls every half second. */
export function manualWorkflow(modelIds, parameters = {}, settings = {}) {
  const code = `return ${JSON.stringify(modelIds.map((modelId) => ({ json: { modelId } })))};`;
  const options = { options: { pollInterval: 0.5 }, ...parameters };
  return {
    name: 'Test',
    nodes: [
      nodeOf('Start', 'n8n-nodes-base.manualTrigger', 1, {}),
      nodeOf('Models', 'n8n-nodes-base.code', 2, { jsCode: code }),
      reloadNode('={{ $json.modelId }}', options, settings),
    ],
    connections: chain('Start', 'Models', 'Reload'),
    settings: { executionOrder: 'v1' },
  };
}

/** Creates a webhook that runs `nodes` one after another and responds with their result. */
export function webhookWorkflow(path, nodes) {
  return {
    name: path,
    nodes: [
      nodeOf(
        'Webhook',
        'n8n-nodes-base.webhook',
        2,
        { path, httpMethod: 'POST', responseMode: 'responseNode' },
        { webhookId: path },
      ),
      ...nodes,
      nodeOf('Respond', 'n8n-nodes-base.respondToWebhook', 1, { respondWith: 'firstIncomingItem' }),
    ],
    connections: chain('Webhook', ...nodes.map(({ name }) => name), 'Respond'),
    settings: { executionOrder: 'v1' },
  };
}

/** Loads a workflow of examples/n8n for the emulator; `edit` may change a node. */
export function example(file, baseUrl, edit = () => {}) {
  const json = readFileSync(new URL(file, EXAMPLES), 'utf8');
  const workflow = JSON.parse(json.replaceAll('https://modelslab.com', baseUrl));
  edit((name) => workflow.nodes.find((node) => node.name === name));
  return workflow;
}

const CREDENTIAL_OF = {
  [TYPE]: 'modelsLabReloadApi',
  [`${TYPE}Tool`]: 'modelsLabReloadApi',
  'n8n-nodes-base.httpRequest': 'modelsLabReloadApi',
  '@n8n/n8n-nodes-langchain.lmChatOpenAi': 'openAiApi',
};

/** Sets the credentials of a workflow's nodes, as a user does after an import. */
export function withCredentials(workflow, credentials) {
  const nodes = workflow.nodes.map((node) => {
    const type = CREDENTIAL_OF[node.type];
    return type ? { ...node, credentials: { [type]: credentials[type] } } : node;
  });
  return { ...workflow, nodes };
}
