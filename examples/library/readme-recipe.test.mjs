// Runs the recipe in the core's README under 30 concurrent requests, on a virtual clock, in every scenario of the emulator.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createClient } from '@modelslab-reload/core';
import { createEmulator, createVirtualClock } from '@modelslab-reload/emulator';
import { afterAll, beforeAll, expect, test } from 'vitest';

const readme = readFileSync(
  new URL('../../packages/core/README.md', import.meta.url),
  'utf8',
).replaceAll('\r\n', '\n');
const [, recipe] = /```ts\n((?:(?!```)[^])*withModel\((?:(?!```)[^])*)```/.exec(readme);

/** What nobody has published about the API: what success means, and what a repeated request does. */
const SCENARIOS = [
  ['the models are loaded', { loaded: ['a', 'b', 'c'] }],
  ['success means loaded', {}],
  ['the API responds when the model is loaded', { success: 'blocking' }],
  ['success means accepted', { success: 'accepted' }],
  ['a repeated request is rejected', { repeat: 'refused' }],
  ['a rejected request prolongs the window', { repeat: 'refused', spamWindow: 'prolonged' }],
  ['a repeated request restarts the load', { repeat: 'restarts' }],
  ['it also means accepted', { success: 'accepted', repeat: 'restarts' }],
  [
    'the loads take different times',
    { success: 'accepted', loadTimeMs: (id) => ({ a: 90_000, b: 170_000, c: 230_000 })[id] },
  ],
];

const folder = mkdtempSync(join(import.meta.dirname, '.recipe-'));
let recipeModule;
beforeAll(async () => {
  const file = join(folder, 'recipe.mts');
  // The names that the text around it introduces; vitest removes the types.
  const given = 'export const give = (given) => ({ modelslab, text2img } = given);';
  writeFileSync(file, `${recipe}\nvar modelslab, text2img;\n${given}\n`);
  recipeModule = await import(file);
});
afterAll(() => rmSync(folder, { recursive: true }));

test('The recipe has at most 15 lines.', () => {
  expect(recipe.trim().split('\n').length).toBeLessThanOrEqual(15);
});

/** Sends requests to the recipe at the same time, again after its Retry-After, until each has a final response. */
async function serve(modelIds, options) {
  const clock = createVirtualClock();
  const emulator = createEmulator({ clock, queueLimit: 100, latencyMs: 300, ...options });
  const modelslab = createClient({ apiKey: 'demo-key', clock, transport: emulator.answer });
  const text2img = async (modelId) => {
    const body = JSON.stringify({ key: 'demo-key', model_id: modelId, prompt: 'x' });
    const url = 'https://modelslab.com/api/v6/images/text2img';
    return JSON.parse((await emulator.answer({ method: 'POST', url, headers: {}, body })).text);
  };
  recipeModule.give({ modelslab, text2img });
  const responses = await clock.run(() =>
    Promise.all(
      modelIds.map(async (modelId) => {
        const { signal } = new AbortController();
        for (;;) {
          const response = await recipeModule.respond(modelId, signal);
          if (response.status !== 503 || clock.now() > 900_000) return response;
          await clock.sleep(1000 * Number(response.headers.get('retry-after')), signal);
        }
      }),
    ),
  );
  const reloads = emulator.requests.filter(({ path }) => path.endsWith('/model_reload'));
  return { responses, reloads, seconds: clock.now() / 1000 };
}

const MODELS = Array.from({ length: 30 }, (_, at) => 'abc'[at % 3]);

test.each(SCENARIOS)('30 concurrent requests all get an image if %s.', async (_, options) => {
  const { responses, reloads, seconds } = await serve(MODELS, options);
  expect(responses.map(({ status }) => status)).toEqual(MODELS.map(() => 200));
  for (const response of responses)
    expect(await response.json()).toMatchObject({ status: 'success' });
  expect(reloads.length).toBeLessThanOrEqual(9);
  expect(reloads.filter(({ reply }) => reply === 429)).toEqual([]);
  expect(seconds).toBeLessThan(360);
});

test('A model that the API does not know is 404.', async () => {
  const { responses } = await serve(['not-found'], {});
  expect([responses[0].status, await responses[0].json()]).toEqual([
    404,
    { error: 'model_not_found' },
  ]);
});
