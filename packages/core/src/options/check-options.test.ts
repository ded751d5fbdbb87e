import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { KEY, scriptedApi, success } from '../../test/scripted-api.ts';
import { checkClientOptions } from './check-options.ts';
import * as engine from '../engine.ts';
import { createClient, systemClock } from '../index.ts';
import * as worker from '../worker.ts';
import type { ClientOptions, ReloadManyOptions } from '../options.ts';
import { ReloadError } from '../errors.ts';

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

describe('createClient rejects', () => {
  test.each<[Partial<ClientOptions>, RegExp]>([
    [{ apiKey: undefined }, /key is missing/],
    [{ apiKey: '' }, /key is missing/],
    [{ apiKey: '   ' }, /key is missing/],
    [{ apiKey: untyped(7) }, /key is missing/],
    [{ apiKey: 'secret\n' }, /contains whitespace, a control character or an invisible/],
    [{ apiKey: 'sec ret' }, /contains whitespace/],
    [{ apiKey: '\u200bsecret' }, /contains whitespace/],
    [{ apiKey: 'sec\u00adret' }, /contains whitespace/],
    [{ apiKey: 'secret\u{e0041}' }, /contains whitespace/],
    [{ apiKey: '"secret"' }, /The API key is in quotes/],
    [{ apiKey: "'secret'" }, /The API key is in quotes/],
    [{ apiKey: ' "secret"\n' }, /The API key is in quotes/],
    [{ apiKey: 'secret"' }, /The API key is in quotes/],
    [{ apiKey: 'MODELSLAB_API_KEY=secret' }, /is a complete NAME=value line/],
    [{ apiKey: 'export MODELSLAB_API_KEY="secret"' }, /is a complete NAME=value line/],
    [{ apiKey: 'api_key = secret' }, /is a complete NAME=value line/],
    [{ apiKey: 'KEY=secret' }, /is a complete NAME=value line/],
    [{ baseUrl: '' }, /^baseUrl "" is not a valid URL\.$/],
    [{ baseUrl: 'modelslab.com' }, /is not a valid URL/],
    [{ baseUrl: untyped(null) }, /^baseUrl must be text, not null/],
    [{ baseUrl: 'ftp://modelslab.com' }, /must begin with https/],
    [{ baseUrl: 'https://me:pw@modelslab.com' }, /must not have a user, password/],
    [{ baseUrl: 'https://modelslab.com/?a=b' }, /query/],
    [{ baseUrl: 'https://modelslab.com/#part' }, /fragment/],
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
    [{ concurrency: 0 }, /^concurrency must be a whole number of at least 1, not 0\.$/],
    [{ concurrency: 1.5 }, /concurrency/],
    [{ concurrency: Number.NaN }, /concurrency/],
    [{ concurrency: untyped('2') }, /concurrency must be a whole number of at least 1, not "2"/],
    [{ maxRetries: untyped('3') }, /maxRetries/],
    [{ pollIntervalMs: 0 }, /pollIntervalMs/],
    [{ pollIntervalMs: Number.NaN }, /pollIntervalMs/],
    [{ requestTimeoutMs: Infinity }, /requestTimeoutMs/],
    [{ requestTimeoutMs: 2 ** 31 }, /requestTimeoutMs must be .* at most 2147483647/],
    [{ userAgent: 'a\r\nb' }, /userAgent/],
    [{ userAgent: '' }, /userAgent/],
    // Swapped by mistake: a value that would be shown, logged or sent unencrypted is not repeated.
    [{ apiKey: 'secret-key', baseUrl: 'secret-key' }, /^baseUrl contains the API key\./],
    [
      { apiKey: 'secret-key', baseUrl: 'https://modelslab.com/secret-key' },
      /^baseUrl contains the API key\./,
    ],
    [
      { apiKey: 'secret-key', maxRetries: untyped('secret-key') },
      /^maxRetries contains the API key\./,
    ],
    [
      { apiKey: 'secret-key', baseUrl: `https://modelslab.com/${btoa('secret-key')}` },
      /^baseUrl contains the API key\./,
    ],
    [{ apiKey: 'secret-key', userAgent: 'app secret-key' }, /^userAgent contains the API key\./],
    // What URL parsing removes or replaces does not hide it.
    ...[
      'https://modelslab.com/sec\tret-\nkey',
      'https://sec\u00adret-key.example',
      'https://\uff53ecret-key.example',
      'https://SECRET-KEY.example',
    ].map((baseUrl): [Partial<ClientOptions>, RegExp] => [
      { apiKey: 'secret-key', baseUrl },
      /^baseUrl contains the API key\.$/,
    ]),
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
])('the base URL %s sends requests to %s', async (baseUrl, url) => {
  const asked: string[] = [];
  const transport = async (request: { url: string }) => {
    asked.push(request.url);
    return { status: 200, headers: {}, text: '{"status":"success"}' };
  };
  const api = scriptedApi([success], { baseUrl, transport });
  await api.run(() => api.client.reload('a'));
  expect(asked).toEqual([url]);
});

test('insecure HTTP to another machine can be allowed', () => {
  expect(() =>
    scriptedApi([success], { baseUrl: 'http://10.0.0.1', allowInsecureHttp: true }),
  ).not.toThrow();
});

describe('reload rejects', () => {
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

  test.each([
    [
      'concurrency',
      'concurrency is an option of createClient, because the limit applies to the whole account.',
    ],
    ['maxRetries', 'maxRetries is an option of createClient.'],
  ])('an option of the client is not one of a call: %s', async (name, message) => {
    const { client } = scriptedApi([success]);
    const options = { [name]: 2 } as object;
    expect(thrownBy(() => client.reloadMany(['a'], options)).message).toBe(message);
    await expect(client.reload('a', options)).rejects.toMatchObject({
      code: 'invalid_argument',
      message,
    });
  });

  test.each([-1, Infinity, '1h'])('maxAgeMs %j', async (maxAgeMs) => {
    const { client } = scriptedApi([success]);
    await expect(client.reload('a', { maxAgeMs: untyped(maxAgeMs) })).rejects.toThrow(
      /^maxAgeMs must be a number of milliseconds of at least 0, not /,
    );
  });

  test.each(['my-model', undefined, null, 7, {}])('the ids %j', (ids) => {
    const { client } = scriptedApi([success]);
    expect(thrownBy(() => client.reloadMany(untyped(ids))).message).toMatch(/ids must be a list/);
  });
});

test.each([
  ['', /empty/],
  [' \t', /empty/],
  [
    'a\u0007b',
    /^The model id "a\\u0007b" has an invisible character at character 2 \(U\+0007\)\.$/,
  ],
  ['a\nb', /has whitespace at character 2 \(U\+000A\)/],
  ['two words', /has whitespace at character 4/],
  [' a', /has whitespace at character 1 /],
  ['a\u00a0b', /^The model id "a\\u00a0b" has whitespace at character 2 \(U\+00A0\)\.$/],
  ['"a"', /has a quote at character 1 \(U\+0022\)/],
  ["a'", /has a quote at character 2/],
  ['“a”', /has a quote at character 1 \(U\+201C\)/],
  ['„a', /has a quote at character 1/],
  ['["a', /has a bracket at character 1 \(U\+005B\)/],
  ['a}', /has a bracket at character 2/],
  ['<a>', /has a bracket at character 1/],
  ['my-\u200bmodel', /^The model id "my-\\u200bmodel" has an invisible character at character 4/],
  ['a\u00ad', /has an invisible character at character 2 \(U\+00AD\)/],
  ['a\u202e', /has an invisible character at character 2/],
  ['a\ufe0f', /has an invisible character at character 2/],
  ['🔑\u{e0041}', /has an invisible character at character 2 \(U\+E0041\)/],
  ['a\ud800', /has an invisible character at character 2 \(U\+D800\)/],
  ['a,b', /^The model id "a,b" has a comma at character 2 \(U\+002C\)\.$/],
  [KEY, /^The model id contains the API key\.$/],
  [` ${KEY}`, /contains the API key/],
  [btoa(KEY), /contains the API key/],
  [encodeURIComponent(KEY).replaceAll('-', '%2D'), /contains the API key/],
  [untyped(undefined), /must be text/],
])('the model id %j is rejected before anything is sent', async (id, message) => {
  const { client, requests } = scriptedApi([success]);
  const error = await client.reload(id).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({
    code: 'invalid_argument',
    message: expect.stringMatching(message),
  });
  expect(String(error)).not.toContain(KEY);
  expect(requests).toEqual([]);
});

test.each(['a/b', 'a.b:c@d-e_f', 'käse', '模型', 'a+b'])(
  'the model id %j is sent unchanged',
  async (id) => {
    const { client, requests, run } = scriptedApi([success]);
    await run(() => client.reload(id));
    expect(requests).toMatchObject([{ id }]);
  },
);

test('an option of a call that holds the key is not quoted', async () => {
  const { client } = scriptedApi([success]);
  await expect(client.reload('a', { until: untyped(KEY) })).rejects.toMatchObject({
    message: 'until contains the API key.',
  });
});

test('messages name the options as the host does', () => {
  const labels = { baseUrl: '--base-url', allowInsecureHttp: '--allow-insecure-http' };
  const check = (baseUrl: string) =>
    thrownBy(() => checkClientOptions({ apiKey: KEY, baseUrl }, labels));
  expect(check('x').message).toBe('--base-url "x" is not a valid URL.');
  expect(check(KEY).message).toBe('--base-url contains the API key.');
  expect(check('http://10.0.0.1').hint).toContain('set --allow-insecure-http');
});

test('an unknown option is rejected with the list of known options', async () => {
  const { client } = scriptedApi([success]);
  const misspelt = thrownBy(() => scriptedApi([success], { timeout: 5 } as object));
  expect(misspelt).toMatchObject({
    code: 'invalid_argument',
    message: 'Unknown option: timeout.',
  });
  expect(misspelt.hint).toContain('requestTimeoutMs');
  for (const call of [
    () => client.reload('a', { timeout: 5 } as object),
    () => client.listTrainedModels({ timeout: 5 } as object),
  ]) {
    await expect(call()).rejects.toMatchObject({
      message: 'Unknown option: timeout.',
      hint: expect.stringContaining('timeoutMs'),
    });
  }
});

test.each([undefined, null, 'key'])(
  'createClient(%j) throws an error that names what is missing',
  (options) => {
    expect(thrownBy(() => createClient(untyped(options))).code).toBe('invalid_argument');
  },
);

test('a key that is as short as a word may be part of other options', async () => {
  const { client, run } = scriptedApi([success], { apiKey: 'a', baseUrl: 'https://a.example' });
  expect(await run(() => client.reload('a-model'))).toMatchObject({ status: 'success' });
  await expect(client.reload('a')).rejects.toThrow(/contains the API key/);
});

test('a signal of another realm is accepted', async () => {
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
  'the engine requires both ports: %j',
  (ports) =>
    expect(thrownBy(() => scriptedApi([success], ports as object)).code).toBe('invalid_argument'),
);

const KEY_OPTIONS = { apiKey: KEY };

describe('Options may be inherited', () => {
  const inherit = (defaults: object, own: object = {}) =>
    untyped(Object.assign(Object.create(defaults) as object, own));
  class Settings {
    apiKey = KEY;
    get baseUrl() {
      return 'https://proxy.example';
    }
    help() {}
  }

  test.each([
    ['an object', inherit({ baseUrl: 'https://proxy.example' }, KEY_OPTIONS)],
    ['two objects', inherit(inherit({ baseUrl: 'https://proxy.example' }), KEY_OPTIONS)],
    [
      'an object without a prototype',
      inherit(
        Object.assign(Object.create(null), { baseUrl: 'https://proxy.example' }),
        KEY_OPTIONS,
      ),
    ],
    ['a class', new Settings()],
  ] as [string, ClientOptions][])('from %s.', async (_, options: ClientOptions) => {
    expect(checkClientOptions(options).baseUrl).toBe('https://proxy.example');
    for (const create of [createClient, engine.createClient, worker.createClient]) {
      const urls: string[] = [];
      const transport = async ({ url }: { url: string }) => {
        urls.push(url);
        return { status: 200, headers: {}, text: '{"status":"success"}' };
      };
      const ports = { transport, clock: systemClock };
      await create(Object.assign(Object.create(options) as ClientOptions, ports)).reload('m');
      expect(urls).toEqual(['https://proxy.example/api/v6/images/model_reload']);
    }
  });

  test('and are checked like others.', () => {
    const check = (defaults: object) =>
      thrownBy(() => checkClientOptions(inherit(defaults, KEY_OPTIONS)));
    expect(check({ baseUrl: `https://a.example/${KEY}` }).message).toBe(
      'baseUrl contains the API key.',
    );
    expect(check({ concurrency: 0 }).message).toMatch(/^concurrency must be/);
  });

  test('in a call as well.', async () => {
    const { client } = scriptedApi([success]);
    await expect(client.reload('a', inherit({ timeoutMs: 0 }))).rejects.toThrow(/^timeoutMs must/);
    await expect(client.listTrainedModels(inherit({ timeoutMs: 0 }))).rejects.toThrow(/^timeoutMs/);
  });

  test.each([
    ['this realm', Object.prototype],
    ['another realm', runInNewContext('Object.prototype') as object],
  ])('but not from the Object.prototype of %s.', (_, prototype) => {
    const options = inherit(prototype, KEY_OPTIONS) as ClientOptions;
    Object.defineProperty(prototype, 'baseUrl', {
      value: 'https://evil.example',
      configurable: true,
    });
    try {
      expect(checkClientOptions(options).baseUrl).toBe('https://modelslab.com');
    } finally {
      Reflect.deleteProperty(prototype, 'baseUrl');
    }
  });
});
