// Tests n8n's node search in a browser.
import { afterAll, beforeAll, expect, test } from 'vitest';

import { openEditor } from './browser.mjs';
import { createFixture } from './fixture.mjs';
import { manualWorkflow } from './workflows.mjs';

let fixture;
let editor;

beforeAll(async () => {
  fixture = await createFixture({});
  const { n8n, create } = fixture;
  const { id } = await create(manualWorkflow(['a']));
  editor = await openEditor(n8n.url);
  await editor.page.goto(`${n8n.url}/workflow/${id}`);
  await editor.page.getByTestId('canvas-node').first().waitFor();
  await editor.page.getByTestId('node-creator-plus-button').first().click();
});

afterAll(async () => {
  await editor?.browser.close();
  await fixture?.emulator.close();
});

async function expectNamesFor(word) {
  const { page } = editor;
  await page
    .getByTestId('node-creator-search-bar')
    .locator('input')
    .or(page.locator('input[data-test-id="node-creator-search-bar"]'))
    .first()
    .fill(word);
  return expect.poll(() => page.getByTestId('node-creator-item-name').allInnerTexts(), {
    timeout: 10_000,
  });
}

test.each(['modelslab', 'reload', 'warm', 'gpu', 'dreambooth', 'stable diffusion'])(
  'The search finds the node by %s.',
  async (word) => {
    const names = await expectNamesFor(word);

    await names.toContain('ModelsLab Reload');
  },
);

test('The search does not find the node by an unrelated word.', async () => {
  const names = await expectNamesFor('spreadsheet');

  await names.not.toContain('ModelsLab Reload');
});
