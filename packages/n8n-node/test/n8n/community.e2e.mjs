// Tests the installation: n8n installs the node from npm by its name, and upgrades it, with the same calls as its
// 'Community nodes' page.
import { afterAll, beforeAll, expect, test } from 'vitest';

import { createFixture } from './fixture.mjs';
import { startN8n } from './instance.mjs';
import { startNpm } from './npm.mjs';
import { temporaryFolder } from './pack.mjs';
import { manualWorkflow, TYPE } from './workflows.mjs';

const NAME = 'n8n-nodes-modelslab-reload';
const FIRST = '1.0.0';
const SECOND = '1.0.1';
const PATH = '/rest/community-packages';
const SLOW_MS = 20_000;

const { folder, remove } = temporaryFolder();
let npm;
let n8n;
let fixture;

beforeAll(async () => {
  npm = await startNpm(folder);
  await npm.publish(FIRST);
  n8n = await startN8n({ withNode: false, env: npm.env });
});

afterAll(async () => {
  await fixture?.emulator.close();
  await n8n?.close();
  await npm?.close();
  remove();
});

/** The versions of the node that sent the requests about a model. */
const versionsOf = (modelId) => [
  ...new Set(fixture.requestsOf(modelId).map(({ headers }) => headers['user-agent'])),
];

// The tests are consecutive steps.

test('n8n installs the node by its name, and runs it without a restart.', async () => {
  const installed = await n8n.call('POST', PATH, { name: NAME });

  expect(installed).toMatchObject({
    packageName: NAME,
    installedVersion: FIRST,
    installedNodes: [{ name: 'ModelsLab Reload', type: TYPE, latestVersion: 1 }],
  });
  const loadTimeMs = (modelId) => (modelId === 'slow' ? SLOW_MS : 1500);
  fixture = await createFixture({ loadTimeMs }, n8n);
  const { status, outputsOf } = await fixture.execute(manualWorkflow(['first']));
  expect(status).toBe('success');
  expect(outputsOf('Reload')[0]).toMatchObject([{ json: { status: 'success', error: null } }]);
  expect(versionsOf('first')).toEqual([`modelslab-reload/${FIRST}`]);
});

test('n8n offers a second release, and installs it while an execution waits.', async () => {
  await npm.publish(SECOND);
  const [listed] = await n8n.call('GET', PATH);
  expect(listed).toMatchObject({ updateAvailable: SECOND, failedLoading: false });
  const waiting = await n8n.run(await fixture.create(manualWorkflow(['slow'])), { name: 'Start' });
  await expect
    .poll(() => fixture.requestsOf('slow').length, { timeout: 20_000 })
    .toBeGreaterThan(0);

  const upgraded = await n8n.call('PATCH', PATH, { name: NAME });

  expect(upgraded).toMatchObject({ installedVersion: SECOND, installedNodes: [{ type: TYPE }] });
  expect(fixture.emulator.isLoaded('slow')).toBe(false);
  const { status, outputsOf } = await fixture.execute(manualWorkflow(['second']));
  expect(status).toBe('success');
  expect(outputsOf('Reload')[0]).toMatchObject([{ json: { status: 'success', error: null } }]);
  expect(versionsOf('second')).toEqual([`modelslab-reload/${SECOND}`]);
  // The execution ends with the code that it started with.
  expect(await n8n.ended(waiting)).toMatchObject({ status: 'success' });
  expect(versionsOf('slow')).toEqual([`modelslab-reload/${FIRST}`]);
});

test('n8n removes the node, and nothing is left of it.', async () => {
  await n8n.call('DELETE', `${PATH}?name=${NAME}`);

  expect(await n8n.call('GET', PATH)).toEqual([]);
});
