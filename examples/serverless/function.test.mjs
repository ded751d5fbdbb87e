// Tests the function on a virtual clock: what a caller receives, minute by minute, in one isolate and in several.
import { createClient } from '@modelslab-reload/core';
import { createEmulator, createVirtualClock } from '@modelslab-reload/emulator';
import { beforeEach, expect, test, vi } from 'vitest';
import worker, { handle } from './function.mjs';
import * as route from './route.mjs';

const URL_OF = (modelId) => `https://example.com/images/${modelId}`;
const post = (url) => new Request(url, { method: 'POST' });

beforeEach(() => void vi.spyOn(console, 'warn').mockReturnValue());

function emulate(options = {}) {
  const clock = createVirtualClock();
  const emulator = createEmulator({ clock, latencyMs: 300, ...options });
  const createIsolate = (apiKey = 'demo-key') =>
    createClient({ apiKey, transport: emulator.answer, clock });
  const text2img = async (modelId) => {
    const body = JSON.stringify({ key: 'demo-key', model_id: modelId, prompt: 'x' });
    const url = 'https://modelslab.com/api/v6/images/text2img';
    return JSON.parse((await emulator.answer({ method: 'POST', url, headers: {}, body })).text);
  };
  const reloads = () => emulator.requests.filter(({ path }) => path.endsWith('/model_reload'));
  return { clock, createIsolate, text2img, reloads };
}

/** Calls the function until it no longer returns 503, waiting for as long as each Retry-After asks. */
async function callUntilDone({ clock, text2img }, isolates) {
  const seen = [];
  for (let nth = 0; ; nth++) {
    const client = isolates[nth % isolates.length];
    const startedAt = clock.now();
    const response = await handle(post(URL_OF('my-model')), client, text2img);
    expect(clock.now() - startedAt).toBeLessThanOrEqual(15_000);
    seen.push(response.status);
    if (response.status !== 503) {
      return { seen, ...(await response.json()), waitedMs: clock.now() };
    }
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    await clock.sleep(Number(response.headers.get('retry-after')) * 1000);
  }
}

const IMAGE = { status: 'success', output: [expect.stringMatching(/\.png$/)] };

test('a loaded model is used at the first call, without a reload', async () => {
  const api = emulate({ loaded: ['my-model'] });
  const done = await api.clock.run(() => callUntilDone(api, [api.createIsolate()]));
  expect(done).toMatchObject({ seen: [200], ...IMAGE });
  expect(api.reloads()).toEqual([]);
});

test('an unloaded model: 503 with Retry-After until it is loaded', async () => {
  const api = emulate();
  const done = await api.clock.run(() => callUntilDone(api, [api.createIsolate()]));
  expect(done).toMatchObject(IMAGE);
  expect(done.seen.slice(0, -1)).toEqual(done.seen.slice(1).map(() => 503));
  expect(done.waitedMs).toBeGreaterThanOrEqual(120_000);
  expect(done.waitedMs).toBeLessThanOrEqual(180_000);
  // Most calls only try to generate: the reload is polled when it is due.
  expect(api.reloads().length).toBeLessThanOrEqual(2);
});

test.each([
  ['a repeated request is harmless', {}],
  ['the spam filter rejects it', { repeat: 'refused', spamWindowMs: 45_000 }],
  ['the API responds only when the model is loaded', { success: 'blocking' }],
  ['success means accepted', { success: 'accepted' }],
])('every call in another isolate gets its image in time if %s', async (_title, options) => {
  const api = emulate(options);
  const isolates = Array.from({ length: 20 }, () => api.createIsolate());
  const done = await api.clock.run(() => callUntilDone(api, isolates));
  expect(done).toMatchObject(IMAGE);
  expect(done.waitedMs).toBeLessThanOrEqual(180_000);
});

test("the API's own error about an image is passed on", async () => {
  const api = emulate();
  const error = { status: 'error', message: 'NSFW content' };
  const response = await handle(post(URL_OF('my-model')), api.createIsolate(), () => error);
  expect([response.status, await response.json(), api.reloads()]).toEqual([200, error, []]);
});

test.each([
  ['not-found', 404],
  ['out-of-credits', 500],
  ['server-error', 503],
  ['no%20id', 404],
])('%s is %i, and only 503 has Retry-After', async (modelId, expected) => {
  const { clock, createIsolate, text2img } = emulate();
  const { status, headers } = await clock.run(() =>
    handle(post(URL_OF(modelId)), createIsolate(), text2img),
  );
  expect(status).toBe(expected);
  expect(headers.has('retry-after')).toBe(expected === 503);
});

test('a wrong key is 500 without Retry-After, because a retry does not fix it', async () => {
  const { clock, createIsolate, text2img } = emulate();
  const client = createIsolate('wrong-key');
  const response = await clock.run(() => handle(post(URL_OF('my-model')), client, text2img));
  expect(response.status).toBe(500);
  expect(response.headers.has('retry-after')).toBe(false);
  expect(await response.json()).toEqual({ error: 'unauthorized' });
});

test('the route of Vercel and the Worker generate with the model of the path, and their own key', async () => {
  const fetch = vi.fn(async () => Response.json({ status: 'success' }));
  vi.stubGlobal('fetch', fetch);
  vi.stubEnv('MODELSLAB_API_KEY', 'demo-key');
  for (const respond of [route.POST, (request) => worker.fetch(request, process.env)]) {
    expect((await respond(new Request(URL_OF('my-model')))).status).toBe(404);
    expect((await respond(post(URL_OF('my-model')))).status).toBe(200);
    expect(JSON.parse(fetch.mock.lastCall[1].body)).toMatchObject({
      key: 'demo-key',
      model_id: 'my-model',
    });
  }
  // One client per isolate: another one would reject this key.
  expect((await worker.fetch(post(URL_OF('my-model')), { MODELSLAB_API_KEY: '' })).status).toBe(
    200,
  );
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
});
