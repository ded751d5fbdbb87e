// Tests the function on a virtual clock: what a caller receives, minute by minute, in one isolate and in several.
import { createClient } from '@modelslab-reload/core';
import { createEmulator, createVirtualClock } from '@modelslab-reload/emulator';
import { beforeEach, expect, test, vi } from 'vitest';
import worker, { createModels, handle } from './function.mjs';
import * as route from './route.mjs';

const URL_OF = (modelId) => `https://example.com/images/${modelId}`;
const post = (url) => new Request(url, { method: 'POST' });

beforeEach(() => void vi.spyOn(console, 'warn').mockReturnValue());

function createStore() {
  const values = new Map();
  return {
    get: async (key) => values.get(key) ?? null,
    put: async (key, value) => void values.set(key, value),
  };
}

/** Calls the function until it no longer returns 503, waiting for as long as each Retry-After asks. */
async function callUntilDone({ clock, isolates, url = URL_OF('my-model'), store }) {
  const seen = [];
  for (let nth = 0; ; nth++) {
    const client = isolates[nth % isolates.length];
    const response = await handle(post(url), { client, store });
    const { status } = response;
    seen.push(status);
    if (status !== 503) return { seen, ...(await response.json()), waitedMs: clock.now() };
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    await clock.sleep(Number(response.headers.get('retry-after')) * 1000);
  }
}

function emulate(options = {}) {
  const clock = createVirtualClock();
  const emulator = createEmulator({ clock, ...options });
  const createIsolate = () =>
    createClient({ apiKey: 'demo-key', transport: emulator.answer, clock });
  return { clock, emulator, createIsolate };
}

test('a loaded model is used at the first call', async () => {
  const { clock, createIsolate } = emulate({ loaded: ['my-model'] });
  const done = await clock.run(() => callUntilDone({ clock, isolates: [createIsolate()] }));
  expect(done).toMatchObject({ seen: [200], evidence: 'reply', image: 'an image by my-model' });
});

test('an unloaded model: 503 with Retry-After until it is loaded, in one isolate with evidence change', async () => {
  const { clock, emulator, createIsolate } = emulate();
  const done = await clock.run(() => callUntilDone({ clock, isolates: [createIsolate()] }));
  expect(done).toMatchObject({ evidence: 'change', image: 'an image by my-model' });
  expect(done.seen.slice(0, -1).every((status) => status === 503)).toBe(true);
  expect(done.waitedMs).toBeGreaterThanOrEqual(120_000);
  expect(done.waitedMs).toBeLessThanOrEqual(180_000);
  // Most calls are answered from memory.
  expect(emulator.requests.length).toBeLessThanOrEqual(3);
});

test.each([
  ['without a store the evidence is reply', undefined, 'reply'],
  ['with a store it is change', createStore(), 'change'],
])('every call in another isolate: %s', async (_title, store, evidence) => {
  const { clock, createIsolate } = emulate();
  const isolates = Array.from({ length: 20 }, createIsolate);
  const done = await clock.run(() => callUntilDone({ clock, isolates, store }));
  expect(done.evidence).toBe(evidence);
  expect(done.waitedMs).toBeLessThanOrEqual(180_000);
});

test('the spam filter between isolates is one more 503, not a failure', async () => {
  const { clock, createIsolate } = emulate({ repeat: 'refused', spamWindowMs: 45_000 });
  const isolates = Array.from({ length: 20 }, createIsolate);
  const done = await clock.run(() => callUntilDone({ clock, isolates }));
  expect(done).toMatchObject({ image: 'an image by my-model' });
  expect(done.waitedMs).toBeLessThanOrEqual(300_000);
});

test('an API that answers only when the model is loaded: the next call gets the success', async () => {
  const { clock, createIsolate } = emulate({ success: 'blocking' });
  const done = await clock.run(() => callUntilDone({ clock, isolates: [createIsolate()] }));
  expect(done).toMatchObject({ image: 'an image by my-model' });
  expect(done.waitedMs).toBeLessThanOrEqual(300_000);
});

test.each([
  ['not-found', 404],
  ['out-of-credits', 500],
  ['server-error', 503],
  ['no%20id', 404],
])('%s is %i, and only 503 has Retry-After', async (modelId, expected) => {
  const { clock, createIsolate } = emulate();
  const { status, headers } = await clock.run(() =>
    handle(post(URL_OF(modelId)), { client: createIsolate() }),
  );
  expect(status).toBe(expected);
  expect(headers.has('retry-after')).toBe(expected === 503);
});

test('a wrong key is 500 without Retry-After, because a retry does not fix it', async () => {
  const { clock, emulator } = emulate();
  const client = createClient({ apiKey: 'wrong-key', transport: emulator.answer, clock });
  const response = await clock.run(() => handle(post(URL_OF('my-model')), { client }));
  expect(response.status).toBe(500);
  expect(response.headers.has('retry-after')).toBe(false);
  expect(await response.json()).toEqual({ error: 'unauthorized' });
});

test('the route of Vercel and the Worker respond to the path that they serve', async () => {
  process.env.MODELSLAB_API_KEY = 'demo-key';
  for (const respond of [route.POST, (request) => worker.fetch(request, process.env)])
    expect((await respond(new Request(URL_OF('my-model')))).status).toBe(404);
});

test('one client per isolate', () => {
  const env = { MODELSLAB_API_KEY: 'demo-key', STORE: createStore() };
  expect(createModels(env).client).toBe(createModels(env).client);
  expect(createModels(env).store).toBe(env.STORE);
});
