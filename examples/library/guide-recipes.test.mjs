// Runs the recipes of docs/guides/server.md and serverless.md under 30 concurrent requests, on a virtual clock, in every
// scenario of the emulator.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createClient, ERROR_SPECS, ReloadError } from '@modelslab-reload/core';
import { createEmulator, createVirtualClock } from '@modelslab-reload/emulator';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isFull } from '../../packages/core/test/effort.ts';

const CORE = "'@modelslab-reload/core'";
const readRecipe = (guide) => {
  const text = readFileSync(new URL(`../../docs/guides/${guide}`, import.meta.url), 'utf8');
  return /^```ts\n([^]*?)^```$/m.exec(text.replaceAll('\r\n', '\n'))[1];
};
const GUIDES = ['server.md', 'serverless.md'];

const folder = mkdtempSync(join(import.meta.dirname, '.recipe-'));
/** The client of a test, and the names that the text around a recipe introduces. */
const given = { apiKey: 'demo-key' };
const recipes = {};
beforeAll(async () => {
  globalThis.given = given;
  writeFileSync(
    join(folder, 'given.mjs'),
    `export { ReloadError } from ${CORE};
    export const createClient = () => ({ withModel: (...args) => given.modelslab.withModel(...args) });
    globalThis.text2img = (modelId) => given.text2img(modelId);
    globalThis.apiKey = given.apiKey;`,
  );
  for (const guide of GUIDES) {
    const file = join(folder, `${guide}.mts`);
    writeFileSync(file, readRecipe(guide).replace(CORE, "'./given.mjs'"));
    recipes[guide] = await import(file);
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

test.each(GUIDES)('The recipe of %s has at most 15 lines.', (guide) => {
  const recipe = readRecipe(guide);
  expect(recipe).toContain('withModel(');
  expect(recipe.trim().split('\n').length).toBeLessThanOrEqual(15);
});

/** What nobody has published about the API. */
const SCENARIOS = ['loaded', 'accepted', 'blocking'].flatMap((success, nth) =>
  [
    { repeat: 'harmless' },
    { repeat: 'refused' },
    { repeat: 'refused', spamWindow: 'prolonged' },
    { repeat: 'restarts' },
  ].flatMap((repeat, at) =>
    ['error', 'not-found', 'loading'].flatMap((drawUnloaded, draw) => {
      const different = success === 'accepted' ? [90, 170, 230] : [60, 90, 120];
      return [[120], different].map((loadTimes, times) => ({
        scenario: { loadTimes, success, ...repeat, drawUnloaded },
        hasTurn: (nth + at) % 2 === times,
        hasDraw: (nth + at) % 3 === draw,
      }));
    }),
  ),
);
/** Elsewhere than in CI, each pair of values but not each three. */
const ALL = SCENARIOS.filter(({ hasTurn, hasDraw }) => isFull || (hasTurn && hasDraw));
const OF_FUNCTIONS = SCENARIOS.filter(
  ({ scenario: { success, repeat, drawUnloaded } }) =>
    // If both are true, only a call that lasts as long as the load can end it.
    !(success === 'blocking' && repeat === 'restarts') && drawUnloaded === 'error',
).filter((_, nth) => isFull || nth % 5 === 0);
const scenariosOf = (list) => list.map(({ scenario }) => scenario);

const MODELS = Array.from({ length: 30 }, (_, at) => 'abc'[at % 3]);

/** Sends requests to the recipe at the same time, again after its Retry-After, until each has a final response. */
async function serve(modelIds, options, guide = 'server.md') {
  const clock = createVirtualClock();
  const emulator = createEmulator({ clock, queueLimit: 100, latencyMs: 300, ...options });
  given.modelslab = createClient({ apiKey: 'demo-key', clock, transport: emulator.answer });
  given.text2img = async (modelId) => {
    const body = JSON.stringify({ key: 'demo-key', model_id: modelId, prompt: 'x' });
    const url = 'https://modelslab.com/api/v6/images/text2img';
    return JSON.parse((await emulator.answer({ method: 'POST', url, headers: {}, body })).text);
  };
  const retries = [];
  const responses = await clock.run(() =>
    Promise.all(
      modelIds.map(async (modelId) => {
        const { signal } = new AbortController();
        for (;;) {
          const response = await recipes[guide].respond(modelId, signal);
          if (response.status !== 503) return response;
          retries.push(response.status);
          await clock.sleep(1000 * Number(response.headers.get('retry-after')), signal);
        }
      }),
    ),
  );
  const bodies = await Promise.all(responses.map((response) => response.json()));
  const reloads = emulator.requests.filter(({ path }) => path.endsWith('/model_reload'));
  const uses = emulator.requests.length - reloads.length;
  return { bodies, reloads, uses, retries, seconds: clock.now() / 1000 };
}

test.each(scenariosOf(ALL))(
  '30 concurrent requests all get an image after few reloads: %j',
  async ({ loadTimes, ...scenario }) => {
    const loadTimeMs = (id) => 1000 * loadTimes['abc'.indexOf(id) % loadTimes.length];
    const { bodies, reloads, uses, seconds } = await serve(MODELS, { ...scenario, loadTimeMs });
    expect(bodies.filter(({ status }) => status !== 'success')).toEqual([]);
    expect(reloads.length).toBeLessThanOrEqual(6);
    expect(reloads.filter(({ reply }) => reply === 429)).toEqual([]);
    expect(uses).toBeLessThanOrEqual(70);
    expect(seconds).toBeLessThanOrEqual(250);
  },
);

test.each(scenariosOf(OF_FUNCTIONS))(
  'So does a function, whose callers try again: %j',
  async ({ loadTimes, ...scenario }) => {
    const loadTimeMs = (id) => 1000 * loadTimes['abc'.indexOf(id) % loadTimes.length];
    const served = await serve(MODELS, { ...scenario, loadTimeMs }, 'serverless.md');
    expect(served.bodies.filter(({ status }) => status !== 'success')).toEqual([]);
    // A request that blocks is cut, and sent again after the interval.
    expect(served.reloads.length).toBeLessThanOrEqual(12);
    expect(served.seconds).toBeLessThanOrEqual(300);
  },
);

test('Loaded models cost no reload.', async () => {
  const { bodies, reloads, uses } = await serve(MODELS, { loaded: ['a', 'b', 'c'] });
  expect(bodies.every(({ status }) => status === 'success')).toBe(true);
  expect([reloads, uses]).toEqual([[], 30]);
});

test('A load that takes longer than a call is 503, and the next call gets the image.', async () => {
  const { bodies, seconds, retries } = await serve(['a', 'a'], { loadTimeMs: 310_000 });
  expect(bodies).toMatchObject([{ status: 'success' }, { status: 'success' }]);
  expect(retries).toEqual([503, 503]);
  expect(seconds).toBeLessThan(400);
});

test('What a retry does not fix is thrown.', async () => {
  const unknown = serve(['not-found'], {});
  await expect(unknown).rejects.toMatchObject({ code: 'model_not_found' });
  const own = new TypeError('mine');
  given.modelslab = { withModel: () => Promise.reject(own) };
  await expect(recipes['server.md'].respond('a')).rejects.toBe(own);
});

test.each(GUIDES)('The failures that a retry may fix are 503 in %s.', async (guide) => {
  const temporary = [];
  for (const code of Object.keys(ERROR_SPECS)) {
    given.modelslab = { withModel: () => Promise.reject(new ReloadError({ code, message: '' })) };
    const response = await recipes[guide].respond('a').catch(() => null);
    if (response?.status === 503) temporary.push(code);
  }
  expect(temporary).toEqual([
    'rate_limited',
    'server_error',
    'network_error',
    'request_timeout',
    'wait_timeout',
    'aborted',
  ]);
});
