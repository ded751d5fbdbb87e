import { expect, test } from 'vitest';
import {
  createReloadRequest,
  createRequest,
  formatReply,
  KEY,
  RELOAD_PATH,
} from '../../test/requests.ts';
import { createEmulator } from '../index.ts';

const REQUIRED = '400 error: {"model_id":["The model id field is required."]}';

test.each<[string, string, unknown, string]>([
  ['a body that is not JSON', RELOAD_PATH, '{"key":', '400 error: Invalid API Request'],
  ['an empty body', RELOAD_PATH, '', '400 error: Invalid API Request'],
  ['an array', RELOAD_PATH, [], '400 error: Invalid API Request'],
  ['null', RELOAD_PATH, null, '400 error: Invalid API Request'],
  ['a number', RELOAD_PATH, 1, '400 error: Invalid API Request'],
  ['deeply nested', RELOAD_PATH, '['.repeat(200_000), '400 error: Invalid API Request'],
  ['no key', RELOAD_PATH, { model_id: 'm' }, '401 error: Invalid API key'],
  ['a wrong key', RELOAD_PATH, { key: 'x', model_id: 'm' }, '401 error: Invalid API key'],
  ['a key of another type', RELOAD_PATH, { key: [KEY] }, '401 error: Invalid API key'],
  [
    'an unpaired surrogate as the key',
    RELOAD_PATH,
    { key: '\uD800secret' },
    '401 error: Invalid API key',
  ],
  ['no model id', RELOAD_PATH, { key: KEY }, REQUIRED],
  ['an empty model id', RELOAD_PATH, { key: KEY, model_id: '' }, REQUIRED],
  ['a blank model id', RELOAD_PATH, { key: KEY, model_id: ' ' }, REQUIRED],
  ['null as model id', RELOAD_PATH, { key: KEY, model_id: null }, REQUIRED],
  [
    'an object as model id',
    RELOAD_PATH,
    { key: KEY, model_id: {} },
    '400 error: {"model_id":["The model id must be a string."]}',
  ],
  ['__proto__', RELOAD_PATH, `{"key":"${KEY}","__proto__":{"model_id":"m"}}`, REQUIRED],
  [
    'no prompt',
    '/api/v6/images/text2img',
    { key: KEY, model_id: 'm' },
    '400 error: {"prompt":["The prompt field is required."]}',
  ],
  [
    'a body over 1 MiB',
    RELOAD_PATH,
    { key: KEY, model_id: 'm'.repeat(2 ** 20) },
    '413 error: Payload too large',
  ],
  ['an unknown path', '/api/v6/images/nothing', { key: KEY }, '404 error: Not found'],
  ['the root', '/', { key: KEY }, '404 error: Not found'],
  ['no path', '', { key: KEY }, '404 error: Not found'],
  ['a path with two slashes', '//', { key: KEY }, '404 error: Not found'],
  ['fetch without an id', '/api/v6/images/fetch/', { key: KEY }, '404 error: Not found'],
])('rejects %s', async (_, path, body, expected) => {
  const emulator = createEmulator();
  expect(formatReply(await emulator.answer(createRequest(path, body)))).toBe(expected);
  expect(emulator.requests).toHaveLength(1);
});

test.each(['GET', 'HEAD', 'PUT', 'DELETE'])('rejects the method %s', async (method) => {
  const reply = await createEmulator().answer({ ...createReloadRequest('m'), method });
  expect([reply.status, reply.headers['allow']]).toEqual([405, 'POST']);
});

test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'mödel/ü', 'a\nb', '💥'])(
  'any other id is a normal model: %j',
  async (modelId) => {
    const reply = await createEmulator().answer(createReloadRequest(modelId));
    expect(formatReply(reply)).toBe('200 processing: Model is reloading');
  },
);

test('only the path of the URL counts', async () => {
  const emulator = createEmulator();
  const request = { ...createReloadRequest('m'), url: `https://modelslab.com${RELOAD_PATH}?a=b#c` };
  expect((await emulator.answer(request)).status).toBe(200);
  expect(emulator.requests[0]?.path).toBe(RELOAD_PATH);
});
