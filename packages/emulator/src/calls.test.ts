import { expect, test } from 'vitest';
import { lineOf, reloadOf, reloadPath, requestOf } from '../test/ask.ts';
import { createEmulator, createVirtualClock, type EmulatorOptions } from './index.ts';

const key = 'demo-key';

test('finetune_list gives the trained models', async () => {
  const emulator = createEmulator({ models: ['a', 'b'] });
  const reply = await emulator.answer(requestOf('/api/v3/finetune_list', { key }));
  expect(JSON.parse(reply.text)).toEqual({
    status: 'success',
    messege: 'model list',
    data: ['a', 'b'],
  });
});

/** Orders a picture, then asks for it again and again; the statuses, and what the last reply says. */
async function draw(options: EmulatorOptions, modelId: string, askAfterMs: number[]) {
  const clock = createVirtualClock();
  const emulator = createEmulator({ ...options, clock });
  const ask = async (path: string, body: object): Promise<Record<string, unknown>> =>
    JSON.parse((await emulator.answer(requestOf(path, { key, ...body }))).text);
  return clock.run(async () => {
    let reply = await ask('/api/v6/images/text2img', { model_id: modelId, prompt: 'a cat' });
    const statuses = [reply['status']];
    const id = String(reply['id']);
    for (const ms of askAfterMs) {
      await clock.sleep(ms);
      reply = await ask(`/api/v6/images/fetch/${id}`, {});
      statuses.push(reply['status']);
    }
    return { statuses, reply, isLoaded: emulator.isLoaded(modelId) };
  });
}

const picture = { status: 'success', id: '1', output: ['https://emulator.invalid/1.png'] };

test('text2img draws with a loaded model; fetch gives the picture again', async () => {
  const { statuses, reply } = await draw({ loaded: ['a'] }, 'a', [1000]);
  expect(statuses).toEqual(['success', 'success']);
  expect(reply).toEqual(picture);
});

test.each<[NonNullable<EmulatorOptions['drawUnloaded']>, string[], object, boolean]>([
  ['error', ['error'], { status: 'error', message: 'Model is not loaded: b' }, false],
  ['queue', ['processing', 'processing', 'processing'], { status: 'processing', eta: 10 }, false],
  ['loads', ['processing', 'processing', 'success'], picture, true],
])(
  'text2img with an unloaded model, drawUnloaded %s',
  async (drawUnloaded, expected, last, loaded) => {
    const waits = drawUnloaded === 'error' ? [] : [60_000, 60_000];
    const { statuses, reply, isLoaded } = await draw({ drawUnloaded }, 'b', waits);
    expect(statuses).toEqual(expected);
    expect(reply).toMatchObject(last);
    expect(isLoaded).toBe(loaded);
  },
);

test('a picture that nobody ordered is not found', async () => {
  const reply = await createEmulator().answer(requestOf('/api/v6/images/fetch/12', { key }));
  expect(lineOf(reply)).toBe('404 error: Request not found: 12');
});

const required = '400 error: {"model_id":["The model id field is required."]}';

test.each<[string, string, unknown, string]>([
  ['no JSON', reloadPath, '{"key":', '400 error: Invalid API Request'],
  ['nothing', reloadPath, '', '400 error: Invalid API Request'],
  ['an array', reloadPath, [], '400 error: Invalid API Request'],
  ['null', reloadPath, null, '400 error: Invalid API Request'],
  ['a number', reloadPath, 1, '400 error: Invalid API Request'],
  ['deeply nested', reloadPath, '['.repeat(200_000), '400 error: Invalid API Request'],
  ['no key', reloadPath, { model_id: 'm' }, '401 error: Invalid API key'],
  ['a wrong key', reloadPath, { key: 'x', model_id: 'm' }, '401 error: Invalid API key'],
  ['a key of another type', reloadPath, { key: [key] }, '401 error: Invalid API key'],
  ['half a character as key', reloadPath, { key: '\uD800secret' }, '401 error: Invalid API key'],
  ['no model id', reloadPath, { key }, required],
  ['an empty model id', reloadPath, { key, model_id: '' }, required],
  ['a blank model id', reloadPath, { key, model_id: ' ' }, required],
  ['null as model id', reloadPath, { key, model_id: null }, required],
  [
    'an object as model id',
    reloadPath,
    { key, model_id: {} },
    '400 error: {"model_id":["The model id must be a string."]}',
  ],
  ['__proto__', reloadPath, `{"key":"${key}","__proto__":{"model_id":"m"}}`, required],
  [
    'no prompt',
    '/api/v6/images/text2img',
    { key, model_id: 'm' },
    '400 error: {"prompt":["The prompt field is required."]}',
  ],
  ['too large', reloadPath, { key, model_id: 'm'.repeat(2 ** 20) }, '413 error: Payload too large'],
  ['an unknown path', '/api/v6/images/nothing', { key }, '404 error: Not found'],
  ['the root', '/', { key }, '404 error: Not found'],
  ['no path', '', { key }, '404 error: Not found'],
  ['a strange path', '//', { key }, '404 error: Not found'],
  ['fetch without an id', '/api/v6/images/fetch/', { key }, '404 error: Not found'],
])('refused: %s', async (_, path, body, expected) => {
  const emulator = createEmulator();
  expect(lineOf(await emulator.answer(requestOf(path, body)))).toBe(expected);
  expect(emulator.requests).toHaveLength(1);
});

test.each(['GET', 'HEAD', 'PUT', 'DELETE'])('%s is refused', async (method) => {
  const reply = await createEmulator().answer({ ...reloadOf('m'), method });
  expect([reply.status, reply.headers['allow']]).toEqual([405, 'POST']);
});

test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'mödel/ü', 'a\nb', '💥'])(
  'any other name is a normal model: %j',
  async (modelId) => {
    const reply = await createEmulator().answer(reloadOf(modelId));
    expect(lineOf(reply)).toBe('200 processing: Model is reloading');
  },
);

test('only the path of the URL counts', async () => {
  const emulator = createEmulator();
  const request = { ...reloadOf('m'), url: `https://modelslab.com${reloadPath}?a=b#c` };
  expect((await emulator.answer(request)).status).toBe(200);
  expect(emulator.requests[0]?.path).toBe(reloadPath);
});

test('intercept comes first: a reply, an error, or nothing', async () => {
  const told = { status: 503, headers: {}, text: 'busy' };
  const answers = [told, Object.assign(new Error('gone'), { code: 'ECONNRESET' }), null];
  const emulator = createEmulator({ intercept: () => answers.shift() ?? null });
  expect(await emulator.answer(reloadOf('m'))).toEqual(told);
  expect(emulator.isLoaded('m')).toBe(false);
  await expect(emulator.answer(reloadOf('m'))).rejects.toThrow('gone');
  expect((await emulator.answer(reloadOf('m'))).status).toBe(200);
  expect(emulator.requests.map(({ reply }) => reply)).toEqual([503, 'reset', 200]);
});

test('what is aborted before it is sent never arrives', async () => {
  const emulator = createEmulator();
  const asking = emulator.answer(reloadOf('m'), AbortSignal.abort(new Error('too late')));
  await expect(asking).rejects.toThrow('too late');
  expect(emulator.requests).toEqual([]);
});
