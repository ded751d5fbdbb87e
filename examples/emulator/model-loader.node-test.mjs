// With node:test, over a socket: for a product that takes a base URL. Short times keep it fast.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { start } from '@modelslab-reload/emulator';
import { loadModel } from './model-loader.mjs';

let emulator;
let options;
before(async () => {
  emulator = await start({ port: 0, loadTimeMs: 100 });
  options = { apiKey: 'demo-key', baseUrl: emulator.url, pollIntervalMs: 60 };
});
after(() => emulator.close());

const countRequests = (id) => emulator.requests.filter(({ modelId }) => modelId === id).length;

test('waits until the model is loaded', async () => {
  await loadModel('our-style', options);
  assert.equal(emulator.isLoaded('our-style'), true);
  assert.ok(countRequests('our-style') >= 2);
});

for (const modelId of ['second-reply-html', 'second-reply-empty', 'second-reply-cut', 'gzip']) {
  test(`survives ${modelId}`, async () => {
    await loadModel(modelId, options);
    assert.equal(emulator.isLoaded(modelId), true);
  });
}

test("reports an error with the API's message", async () => {
  await assert.rejects(loadModel('not-found', options), /Model not found: not-found/);
  await assert.rejects(loadModel('quota-exceeded', options), /monthly limit exceeded/);
});

test('sends the key in the body and nowhere else', () => {
  for (const { headers, keyIsValid, path } of emulator.requests) {
    assert.equal(keyIsValid, true);
    assert.doesNotMatch(JSON.stringify([headers, path]), /redacted/);
  }
});
