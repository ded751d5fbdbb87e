import { expect, test } from 'vitest';
import { createReloadRequest, createRequest, KEY } from '../../test/requests.ts';
import { createEmulator, createVirtualClock, type EmulatorOptions } from '../index.ts';

const DAY_MS = 86_400_000;

function createImageRequest(path: string, body: object) {
  return createRequest(`https://api.invalid${path}`, { key: KEY, ...body });
}

/** Requests an image, then polls it; returns the statuses, the last reply, and whether the model is loaded. */
async function drawImage(options: EmulatorOptions, modelId: string, pollAfterMs: number[]) {
  const clock = createVirtualClock();
  const emulator = createEmulator({ ...options, clock });
  const send = async (path: string, body: object): Promise<Record<string, unknown>> =>
    JSON.parse((await emulator.answer(createImageRequest(path, body))).text);
  return clock.run(async () => {
    let reply = await send('/api/v6/images/text2img', { model_id: modelId, prompt: 'a cat' });
    const statuses = [reply['status']];
    const id = String(reply['id']);
    for (const ms of pollAfterMs) {
      await clock.sleep(ms);
      reply = await send(`/api/v6/images/fetch/${id}`, {});
      statuses.push(reply['status']);
    }
    return { statuses, reply, isLoaded: emulator.isLoaded(modelId) };
  });
}

const LINKS = ['https://emulator.invalid/1.png'];
const IMAGE = { status: 'success', id: 1, output: LINKS, proxy_links: LINKS };
const FETCH_RESULT = 'https://api.invalid/api/v6/images/fetch/1';
const PENDING = { status: 'processing', id: 1, eta: 10, output: [], fetch_result: FETCH_RESULT };
const NOT_FOUND = { status: 'failed', id: '', message: 'Request not found', output: '' };

test('text2img returns an image of a loaded model; fetch returns it again', async () => {
  const { statuses, reply } = await drawImage({ loaded: ['a'] }, 'a', [1000]);
  expect(statuses).toEqual(['success', 'success']);
  expect(reply).toEqual(IMAGE);
});

test.each<[NonNullable<EmulatorOptions['drawUnloaded']>, string[], object, boolean]>([
  ['error', ['error'], { status: 'error', message: 'Model is not loaded: b' }, false],
  ['not-found', ['error'], { status: 'error', message: 'Model not found: b' }, false],
  ['loading', ['error'], { status: 'error', message: 'Model is loading: b' }, false],
  ['queue', ['processing', 'processing', 'processing'], PENDING, false],
  ['loads', ['processing', 'processing', 'success'], IMAGE, true],
])(
  'text2img with a model that is not loaded, drawUnloaded %s',
  async (drawUnloaded, expected, last, loaded) => {
    const polls = expected.length === 1 ? [] : [60_000, 60_000];
    const { statuses, reply, isLoaded } = await drawImage({ drawUnloaded }, 'b', polls);
    expect(statuses).toEqual(expected);
    expect(reply).toEqual(last);
    expect(isLoaded).toBe(loaded);
  },
);

test.each<[string, object, number, object]>([
  ['as the model', { model_id: 'style' }, 404, { message: 'Model not found: style' }],
  ['as the LoRA of a base model', { model_id: 'flux', lora_model: 'style' }, 200, IMAGE],
  [
    'that is unloaded',
    { model_id: 'flux', lora_model: 'cold' },
    200,
    { status: 'error', message: 'Model is not loaded: cold' },
  ],
])('text2img with a LoRA %s', async (_, fields, status, reply) => {
  const emulator = createEmulator({ loaded: ['style'], loraOnly: ['style', 'cold'] });
  const request = createImageRequest('/api/v6/images/text2img', { prompt: 'a cat', ...fields });
  const answered = await emulator.answer(request);
  expect([answered.status, JSON.parse(answered.text)]).toMatchObject([status, reply]);
});

test.each([
  ['error', ['error']],
  ['queue', ['processing', 'processing']],
  ['loads', ['processing', 'success']],
] as const)(
  'an image that was requested before a reload loaded the model, drawUnloaded %s, has the statuses %j',
  async (drawUnloaded, expected) => {
    const clock = createVirtualClock();
    const emulator = createEmulator({ clock, drawUnloaded });
    const statusOf = async (path: string, body: object) =>
      JSON.parse((await emulator.answer(createImageRequest(path, body))).text).status;
    const statuses = await clock.run(async () => {
      const drawn = await statusOf('/api/v6/images/text2img', { model_id: 'm', prompt: 'a cat' });
      await emulator.answer(createReloadRequest('m'));
      await clock.sleep(300_000);
      expect(emulator.isLoaded('m')).toBe(true);
      if (drawn === 'error') return [drawn];
      return [drawn, await statusOf('/api/v6/images/fetch/1', {})];
    });
    expect(statuses).toEqual(expected);
  },
);

test('an image request that finds the model loading does not restart its load', async () => {
  const clock = createVirtualClock();
  const emulator = createEmulator({ clock, drawUnloaded: 'loads' });
  await clock.run(async () => {
    await emulator.answer(createReloadRequest('m'));
    await clock.sleep(60_000);
    const body = { key: KEY, model_id: 'm', prompt: 'a cat' };
    await emulator.answer(createRequest('/api/v6/images/text2img', body));
    await clock.sleep(60_000);
  });
  expect(emulator.loadedSince('m')).toBe(120_000);
});

test.each<[string, string, object, object]>([
  ['by its path', '/api/v6/images/fetch/1', {}, IMAGE],
  ['by its id as a number', '/api/v6/images/fetch', { request_id: 1 }, IMAGE],
  ['by its id as a string', '/api/v6/images/fetch', { request_id: '1' }, IMAGE],
  ['that was not requested', '/api/v6/images/fetch/12', {}, NOT_FOUND],
  ['with another spelling', '/api/v6/images/fetch/01', {}, NOT_FOUND],
  ['without an id', '/api/v6/images/fetch', {}, NOT_FOUND],
])('fetch of an image %s', async (_, path, body, expected) => {
  const emulator = createEmulator({ loaded: ['m'] });
  const fields = { model_id: 'm', prompt: 'a cat' };
  await emulator.answer(createImageRequest('/api/v6/images/text2img', fields));
  const { status, text } = await emulator.answer(createImageRequest(path, body));
  expect([status, JSON.parse(text)]).toEqual([200, expected]);
});

test('fetch_result has the host of the request', async () => {
  const emulator = createEmulator({ drawUnloaded: 'queue' });
  const request = createRequest('/api/v6/images/text2img', {
    key: KEY,
    model_id: 'm',
    prompt: 'a cat',
  });
  const headers = { ...request.headers, host: '127.0.0.1:8787' };
  const { text } = await emulator.answer({ ...request, headers });
  expect(JSON.parse(text)).toMatchObject({
    fetch_result: 'http://127.0.0.1:8787/api/v6/images/fetch/1',
  });
});

test('an image request counts as use of the model, even if a reload does not', async () => {
  const clock = createVirtualClock();
  const emulator = createEmulator({ clock, loaded: ['m'], reloadCounts: false });
  const body = { key: KEY, model_id: 'm', prompt: 'a cat' };
  await clock.run(async () => {
    for (let times = 0; times < 3; times++) {
      await clock.sleep(6 * DAY_MS);
      await emulator.answer(createRequest('/api/v6/images/text2img', body));
    }
  });
  expect(emulator.loadedSince('m')).toBe(0);
});
