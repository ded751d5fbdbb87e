import { createVirtualClock } from '@modelslab-reload/emulator';
import { expect, test } from 'vitest';
import { apiError, hangs, KEY, scriptedApi, success, type Step } from '../../test/scripted-api.ts';
import { createClient } from '../engine.ts';

const list = (data: unknown): Step => ({
  body: { status: 'success', messege: 'model list', data },
});

async function listTrainedModels(script: Step[], options = {}) {
  const api = scriptedApi(script);
  const result = await api.run(() =>
    api.client.listTrainedModels(options).catch((error: unknown) => error),
  );
  return { result, api };
}

test.each([
  [
    ['a', 'b'],
    ['a', 'b'],
  ],
  [[], []],
  [
    ['a', 'a', 7],
    ['a', '7'],
  ],
  [[{ model_id: 'two  blanks' }], ['two  blanks']],
  [
    [KEY, 'a\u202eb', 'c'],
    ['[redacted]', 'a\u202eb', 'c'],
  ],
])('The list %j results in the ids %j.', async (data, ids) => {
  expect((await listTrainedModels([list(data)])).result).toEqual(ids);
});

test.each<[Step, string]>([
  [list(undefined), 'unexpected_response'],
  [list({ a: 1 }), 'unexpected_response'],
  [list([null]), 'unexpected_response'],
  [{ body: { status: 'processing' } }, 'unexpected_response'],
  [apiError(401, 'Invalid API key'), 'unauthorized'],
  [apiError(402, 'Insufficient credits'), 'payment_required'],
])('The reply %j rejects the call with %s.', async (step, code) => {
  const { result, api } = await listTrainedModels([step]);
  expect(result).toMatchObject({ code, outcome: null });
  expect(api.requests).toHaveLength(1);
});

test.each<Step>([{ body: '' }, { body: '<html>' }, { status: 403, body: '<html>' }])(
  'An unexpected reply is retried: %j',
  async (unexpected) => {
    const once = await listTrainedModels([unexpected, list(['a'])]);
    expect(once.result).toEqual(['a']);
    const { result, api } = await listTrainedModels([unexpected]);
    expect(result).toMatchObject({ code: 'unexpected_response' });
    expect(api.requests).toHaveLength(4);
  },
);

test('Retryable failures are retried 35 s apart.', async () => {
  const { result, api } = await listTrainedModels([
    apiError(500, 'x'),
    { fails: 'ECONNRESET' },
    list(['a']),
  ]);
  expect(result).toEqual(['a']);
  expect(api.requests.map(({ at }) => at)).toEqual([0, 35, 70]);
});

test('The number of retries is limited.', async () => {
  const { result, api } = await listTrainedModels([apiError(503, 'busy')]);
  expect(result).toMatchObject({ code: 'server_error', message: 'busy', httpStatus: 503 });
  expect(api.requests).toHaveLength(4);
});

test('A rate limited request is retried after the requested time.', async () => {
  const { api } = await listTrainedModels([
    apiError(429, 'Rate limit exceeded', { retry_after: 12 }),
    list([]),
  ]);
  expect(api.requests.map(({ at }) => at)).toEqual([0, 12]);
});

test('The deadline and an abort end the call.', async () => {
  const late = await listTrainedModels([hangs], { timeoutMs: 20_000 });
  expect(late.result).toMatchObject({ code: 'wait_timeout' });
  expect(late.api.now()).toBe(20);
  const aborted = await listTrainedModels([hangs], { signal: AbortSignal.abort() });
  expect(aborted.result).toMatchObject({ code: 'aborted' });
});

test.each<[Step, string]>([
  [list(undefined), 'The list of trained models has no list of model ids'],
  [{ body: { status: 'processing' } }, "The list of trained models has the status 'processing'"],
])('%j rejects with the message: %s', async (step, message) => {
  const { result } = await listTrainedModels([step]);
  expect(result).toMatchObject({ message, httpStatus: 200 });
});

test('The cause of an error is what the transport threw.', async () => {
  const { result } = await listTrainedModels([{ fails: 'ECONNREFUSED' }]);
  expect(result).toMatchObject({ code: 'network_error', cause: { code: 'ECONNREFUSED' } });
});

test('The request is the one for the list, with the key in its body.', async () => {
  const sent: [string, string][] = [];
  const client = createClient({
    apiKey: KEY,
    transport: ({ url, body }) => {
      sent.push([url, body]);
      return Promise.resolve({ status: 200, headers: {}, text: '{"status":"success","data":[]}' });
    },
    clock: createVirtualClock(0),
  });
  expect(await client.listTrainedModels()).toEqual([]);
  expect(sent).toEqual([
    ['https://modelslab.com/api/v3/finetune_list', JSON.stringify({ key: KEY })],
  ]);
});

test('A full queue closes the line for the list too, and each call has its own retries.', async () => {
  const full = apiError(429, 'Rate limit exceeded', { retry_after: 40 });
  const { result, api } = await listTrainedModels([full, list(['a'])]);
  expect(result).toEqual(['a']);
  expect(api.requests.map(({ at }) => at)).toEqual([0, 40]);
  const busy = scriptedApi({ m: [full, full, success], list: [list(['a'])] });
  await busy.run(async () => {
    const reloaded = busy.client.reload('m');
    await busy.clock.sleep(1000);
    return Promise.all([reloaded, busy.client.listTrainedModels()]);
  });
  expect(busy.requests.map(({ id, at }) => `${at} ${id}`)).toEqual([
    '0 m',
    '40 m',
    '120 m',
    '120 list',
  ]);
});
