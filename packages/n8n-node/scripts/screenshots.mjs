// node scripts/screenshots.mjs FOLDER: takes screenshots of the node, light and dark, into FOLDER, and copies those
// that the README shows to docs/.
import { copyFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { start } from '@modelslab-reload/emulator';

import { openEditor } from '../test/n8n/browser.mjs';
import { startN8n } from '../test/n8n/instance.mjs';

const KEY = 'demo-key';
const IN_README = new Set(['keep-models-loaded', 'panel-after-run', 'reload-and-free-the-slot']);
const EXAMPLES = new URL('../../../examples/n8n/', import.meta.url);
const docs = fileURLToPath(new URL('../docs/', import.meta.url));

const [, , folderName] = process.argv;
if (!folderName) throw new Error('Pass the folder for the screenshots.');
const folder = resolve(folderName);
for (const made of [folder, docs]) mkdirSync(made, { recursive: true });

const models = ['aurora-portraits', 'brand-style-v3', 'product-shots', 'studio-dog'];
const emulator = await start({
  port: 0,
  apiKey: KEY,
  models,
  success: 'blocking',
  loadTimeMs: 800,
});
const n8n = await startN8n();
try {
  const account = await addCredential('ModelsLab account', KEY);
  const working = await importWorkflow(reloadWorkflow(), account);
  const failing = await importWorkflow(reloadWorkflow(), await addCredential('Old account', 'old'));
  for (const scheme of ['light', 'dark']) {
    await shoot(scheme, working.id);
    await shootFailure(scheme, failing.id);
    for (const file of readdirSync(EXAMPLES)) {
      const example = JSON.parse(readFileSync(new URL(file, EXAMPLES), 'utf8'));
      await shootCanvas(scheme, file.replace('.json', ''), await importWorkflow(example, account));
    }
  }
} finally {
  await n8n.close();
  await emulator.close();
}

async function addCredential(name, apiKey) {
  const type = 'modelsLabReloadApi';
  const data = { apiKey, baseUrl: emulator.url, allowInsecureHttp: false };
  const added = await n8n.call('POST', '/rest/credentials', { name, type, data });
  return { id: added.id, name };
}

async function importWorkflow(workflow, credential) {
  const nodes = workflow.nodes.map((node) =>
    node.type.includes('.modelsLabReload')
      ? { ...node, credentials: { modelsLabReloadApi: credential } }
      : node,
  );
  return await n8n.call('POST', '/rest/workflows', { ...workflow, nodes, active: false });
}

function reloadWorkflow() {
  const trigger = { id: '1', name: 'Start', type: 'n8n-nodes-base.manualTrigger', typeVersion: 1 };
  const [model] = models;
  const reload = {
    id: '2',
    name: 'ModelsLab Reload',
    type: 'n8n-nodes-modelslab-reload.modelsLabReload',
    typeVersion: 1,
    position: [240, 0],
    parameters: {
      resource: 'model',
      operation: 'reload',
      modelId: { __rl: true, mode: 'list', value: model, cachedResultName: model },
      until: 'success',
      options: {},
    },
  };
  return {
    name: 'Reload a model',
    nodes: [{ ...trigger, position: [0, 0], parameters: {} }, reload],
    connections: { Start: { main: [[{ node: reload.name, type: 'main', index: 0 }]] } },
    settings: { executionOrder: 'v1' },
  };
}

/** Takes a screenshot of the page once its panels have slid in. */
async function shot(page, scheme, name) {
  await page.waitForTimeout(900);
  const file = `${name}-${scheme}.png`;
  await page.screenshot({ path: join(folder, file) });
  if (IN_README.has(name)) copyFileSync(join(folder, file), join(docs, file));
  console.log(file);
}

async function shootCanvas(scheme, name, { id }) {
  const { browser, page } = await openEditor(n8n.url, scheme);
  await page.goto(`${n8n.url}/workflow/${id}`);
  await page.getByTestId('canvas-node').first().waitFor();
  await shot(page, scheme, name);
  await browser.close();
}

async function shoot(scheme, workflowId) {
  const { browser, page } = await openEditor(n8n.url, scheme);
  await page.goto(`${n8n.url}/workflow/${workflowId}`);
  await page.getByTestId('canvas-node').first().waitFor();
  await shot(page, scheme, 'canvas');

  await page.getByTestId('node-creator-plus-button').first().click();
  await page.getByTestId('node-creator-search-bar').first().waitFor();
  await page.waitForTimeout(500);
  await page.keyboard.type('modelslab');
  await shot(page, scheme, 'creator');
  await page.getByTestId('node-creator-item-name').first().click();
  await shot(page, scheme, 'creator-actions');
  await page.keyboard.press('Escape');
  await page.goto(`${n8n.url}/workflow/${workflowId}`);

  await page.locator('[data-node-name="ModelsLab Reload"]').first().dblclick();
  await page.getByTestId('node-parameters').first().waitFor();
  await shot(page, scheme, 'panel');

  await page.getByTestId('rlc-input').first().click();
  await page.getByTestId('rlc-item').first().waitFor();
  await shot(page, scheme, 'model-list');
  await page.keyboard.press('Escape');

  await page.getByTestId('node-execute-button').click();
  await page.getByText('Model reloaded').first().waitFor({ timeout: 20_000 });
  await shot(page, scheme, 'panel-after-run');

  await page.getByTestId('credential-edit-button').first().click();
  await page
    .getByTestId('credentials-config-container-test-success')
    .or(page.getByText('Connection tested successfully'))
    .first()
    .waitFor();
  await shot(page, scheme, 'credential');
  await browser.close();
}

async function shootFailure(scheme, workflowId) {
  const { browser, page } = await openEditor(n8n.url, scheme);
  await page.goto(`${n8n.url}/workflow/${workflowId}`);
  await page.locator('[data-node-name="ModelsLab Reload"]').first().dblclick();
  await page.getByTestId('node-parameters').first().waitFor();
  await page.getByTestId('rlc-input').first().click();
  await page.getByTestId('rlc-error-container').first().waitFor();
  await shot(page, scheme, 'model-list-failed');
  await page.keyboard.press('Escape');
  await page.getByTestId('node-execute-button').click();
  await page.getByText('Invalid API key').first().waitFor();
  await shot(page, scheme, 'panel-after-failure');
  await browser.close();
}
