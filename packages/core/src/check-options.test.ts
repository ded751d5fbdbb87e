import { describe, expect, test } from 'vitest';
import { KEY, scriptedApi, success } from '../test/scripted-api.ts';
import { createClient } from './index.ts';
import type { ClientOptions, ReloadManyOptions } from './options.ts';
import { ReloadError } from './errors.ts';

const untyped = (value: unknown) => value as never;

function thrownBy(run: () => unknown): ReloadError {
  try {
    run();
  } catch (error) {
    if (ReloadError.isInstance(error)) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('client options that cannot work', () => {
  test.each<[Partial<ClientOptions>, RegExp]>([
    [{ apiKey: undefined }, /key is missing/],
    [{ apiKey: '' }, /key is missing/],
    [{ apiKey: '   ' }, /key is missing/],
    [{ apiKey: untyped(7) }, /key is missing/],
    [{ apiKey: 'secret\n' }, /blank or a control character/],
    [{ apiKey: 'sec ret' }, /blank or a control character/],
    [{ apiKey: '\u200bsecret' }, /blank or a control character/],
    [{ baseUrl: '' }, /is no URL/],
    [{ baseUrl: 'modelslab.com' }, /is no URL/],
    [{ baseUrl: 'ftp://modelslab.com' }, /must begin with https/],
    [{ baseUrl: 'https://me:pw@modelslab.com' }, /no user, password/],
    [{ baseUrl: 'https://modelslab.com/?a=b' }, /query/],
    [{ baseUrl: 'http://modelslab.com' }, /unencrypted/],
    [{ baseUrl: 'http://localhost.example' }, /unencrypted/],
    [{ baseUrl: 'http://127.0.0.1.example' }, /unencrypted/],
    [{ baseUrl: 'http://10.0.0.1' }, /unencrypted/],
    [
      { baseUrl: 'http://10.0.0.1', allowInsecureHttp: untyped('false') },
      /allowInsecureHttp must be true or false/,
    ],
    [{ maxRetries: -1 }, /maxRetries must be a whole number of at least 0, not -1/],
    [{ maxRetries: 1.5 }, /maxRetries/],
    [{ maxRetries: untyped('3') }, /maxRetries/],
    [{ pollIntervalMs: 0 }, /pollIntervalMs/],
    [{ pollIntervalMs: Number.NaN }, /pollIntervalMs/],
    [{ requestTimeoutMs: Infinity }, /requestTimeoutMs/],
    [{ requestTimeoutMs: 2 ** 31 }, /requestTimeoutMs must be .* at most 2147483647/],
    [{ userAgent: 'a\r\nb' }, /userAgent/],
    [{ userAgent: '' }, /userAgent/],
    // Swapped by mistake: what would be shown, logged or sent in the open is not repeated.
    [{ apiKey: 'secret-key', baseUrl: 'secret-key' }, /base URL has the API key in it/],
    [
      { apiKey: 'secret-key', baseUrl: 'https://modelslab.com/secret-key' },
      /base URL has the API key in it/,
    ],
    [{ apiKey: 'secret-key', userAgent: 'app secret-key' }, /userAgent has the API key in it/],
  ])('%j', (options, message) => {
    const error = thrownBy(() => scriptedApi([success], options));
    expect(error.code).toBe('invalid_argument');
    expect(error.message).toMatch(message);
    expect(error.hint).not.toBe('');
    expect(`${error.message}${error.hint}`).not.toMatch(/sec.?ret|me:pw/);
  });
});

test.each([
  ['https://modelslab.com', 'https://modelslab.com/api/v6/images/model_reload'],
  ['https://proxy.example/ml//', 'https://proxy.example/ml/api/v6/images/model_reload'],
  ['http://127.0.0.1:8787', 'http://127.0.0.1:8787/api/v6/images/model_reload'],
  ['http://localhost/', 'http://localhost/api/v6/images/model_reload'],
  ['http://[::1]:1', 'http://[::1]:1/api/v6/images/model_reload'],
])('the base URL %s asks %s', async (baseUrl, url) => {
  const asked: string[] = [];
  const transport = async (request: { url: string }) => {
    asked.push(request.url);
    return { status: 200, headers: {}, text: '{"status":"success"}' };
  };
  const api = scriptedApi([success], { baseUrl, transport } as object);
  await api.run(() => api.client.reload('a'));
  expect(asked).toEqual([url]);
});

test('insecure HTTP to another machine can be allowed', () => {
  expect(() =>
    scriptedApi([success], { baseUrl: 'http://10.0.0.1', allowInsecureHttp: true }),
  ).not.toThrow();
});

describe('reload options that cannot work', () => {
  test.each<[ReloadManyOptions, RegExp]>([
    [{ until: untyped('loaded') }, /until must be 'accepted', 'success' or 'image', not "loaded"/],
    [{ imagePrompt: ' ' }, /imagePrompt/],
    [{ until: untyped(null) }, /until/],
    [{ timeoutMs: 0 }, /timeoutMs/],
    [{ timeoutMs: untyped('10m') }, /timeoutMs/],
    [{ onReply: untyped(1) }, /onReply/],
    [{ signal: untyped({ aborted: false }) }, /signal/],
    [{ signal: untyped(null) }, /signal/],
  ])('%j', async (options, message) => {
    const { client, requests } = scriptedApi([success]);
    await expect(client.reload('a', options)).rejects.toMatchObject({
      code: 'invalid_argument',
      message: expect.stringMatching(message),
      outcome: null,
    });
    expect(thrownBy(() => client.reloadMany(['a'], options)).message).toMatch(message);
    expect(requests).toEqual([]);
  });

  test.each([0, -1, 1.5, Number.NaN, '2'])('concurrency %j', (concurrency) => {
    const { client } = scriptedApi([success]);
    const error = thrownBy(() => client.reloadMany(['a'], { concurrency: untyped(concurrency) }));
    expect(error.message).toMatch(/concurrency must be a whole number of at least 1/);
  });

  test.each(['my-model', undefined, null, 7, {}])('the ids %j', (ids) => {
    const { client } = scriptedApi([success]);
    expect(thrownBy(() => client.reloadMany(untyped(ids))).message).toMatch(/ids must be a list/);
  });
});

test.each([
  ['', /empty/],
  [' \t', /empty/],
  ['a\u0007b', /control character/],
  ['a\nb', /control character/],
  [KEY, /has the API key in it/],
  [` ${KEY}`, /has the API key in it/],
  [untyped(undefined), /must be text/],
])('the model id %j is refused before anything is sent', async (id, message) => {
  const { client, requests } = scriptedApi([success]);
  const error = await client.reload(id).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({
    code: 'invalid_argument',
    message: expect.stringMatching(message),
  });
  expect(String(error)).not.toContain(KEY);
  expect(requests).toEqual([]);
});

test('an option that there is not is refused, with those that there are', async () => {
  const { client } = scriptedApi([success]);
  const misspelt = thrownBy(() => scriptedApi([success], { timeout: 5 } as object));
  expect(misspelt).toMatchObject({
    code: 'invalid_argument',
    message: 'There is no option timeout.',
  });
  expect(misspelt.hint).toContain('requestTimeoutMs');
  for (const call of [
    () => client.reload('a', { timeout: 5 } as object),
    () => client.listTrainedModels({ timeout: 5 } as object),
  ]) {
    await expect(call()).rejects.toMatchObject({
      message: 'There is no option timeout.',
      hint: expect.stringContaining('timeoutMs'),
    });
  }
});

test.each([undefined, null, 'key'])('createClient(%j) is told what is missing', (options) => {
  expect(thrownBy(() => createClient(untyped(options))).code).toBe('invalid_argument');
});

test('a key as short as a word may be part of anything', async () => {
  const { client, run } = scriptedApi([success], { apiKey: 'a', baseUrl: 'https://a.example' });
  expect(await run(() => client.reload('a-model'))).toMatchObject({ status: 'success' });
  await expect(client.reload('a')).rejects.toThrow(/has the API key in it/);
});

test('a signal of another realm will do', async () => {
  const { signal } = new AbortController();
  const foreign = new Proxy(signal, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
    getPrototypeOf: () => null,
  });
  const { client, run } = scriptedApi([success]);
  expect(await run(() => client.reload('m', { signal: foreign }))).toMatchObject({
    status: 'success',
  });
});

test.each([{ transport: untyped(undefined) }, { clock: untyped({ now: Date.now }) }])(
  'the engine wants both ports: %j',
  (ports) =>
    expect(thrownBy(() => scriptedApi([success], ports as object)).code).toBe('invalid_argument'),
);
