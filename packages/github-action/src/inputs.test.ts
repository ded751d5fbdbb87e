import { describe, expect, it } from 'vitest';
import { InputError, readInputs } from './inputs.ts';

const valid = { 'api-key': 'a-key-of-some-length', 'model-ids': 'a' };

function read(inputs: Record<string, string>, env: NodeJS.ProcessEnv = {}) {
  const given: Record<string, string> = { ...valid, ...inputs };
  return readInputs((name) => given[name] ?? '', env);
}

describe('readInputs', () => {
  it('leaves what is not given to the core', () => {
    expect(read({})).toEqual({
      client: {
        apiKey: 'a-key-of-some-length',
        baseUrl: undefined,
        userAgent: expect.stringMatching(/^modelslab-reload-action\/\d+\.\d+\.\d+/),
        concurrency: undefined,
        maxRetries: undefined,
        pollIntervalMs: undefined,
        requestTimeoutMs: undefined,
      },
      reload: { until: undefined, timeoutMs: 600_000 },
      modelIds: ['a'],
      allTrained: false,
      failOnError: true,
    });
  });

  it('reads what is given', () => {
    const inputs = read({
      'base-url': 'https://api.example/',
      'all-trained': 'True',
      'fail-on-error': 'FALSE',
      'poll-interval': '1.5m',
      'request-timeout': '500ms',
      until: 'accepted',
      timeout: '1h',
      concurrency: '5',
      retries: '0',
    });
    expect(inputs).toMatchObject({
      client: {
        baseUrl: 'https://api.example/',
        concurrency: 5,
        maxRetries: 0,
        pollIntervalMs: 90_000,
        requestTimeoutMs: 500,
      },
      reload: { until: 'accepted', timeoutMs: 3_600_000 },
      allTrained: true,
      failOnError: false,
    });
  });

  it.each([
    ['a', ['a']],
    ['a,b', ['a', 'b']],
    ['a\nb\r\nc\rd', ['a', 'b', 'c', 'd']],
    [' a , \n, b\n\na', ['a', 'b']],
    ['owner/name:v1.5', ['owner/name:v1.5']],
  ])('reads the model ids %j', (text, expected) => {
    expect(read({ 'model-ids': text }).modelIds).toEqual(expected);
  });

  it.each([
    [{ HTTPS_PROXY: 'proxy:3128' }, '', 'HTTPS_PROXY'],
    [{ HTTPS_PROXY: 'http://fine:1', https_proxy: 'socks5://u:secret@proxy' }, '', 'https_proxy'],
    [{ HTTP_PROXY: '://secret' }, 'http://127.0.0.1:1', 'HTTP_PROXY'],
    [{ HTTPS_PROXY: 'http://u:secret100%@proxy' }, '', 'HTTPS_PROXY'],
  ])('refuses the proxy %j', (env, baseUrl, name) => {
    const refused = () => read({ 'base-url': baseUrl }, env);
    expect(refused).toThrow(InputError);
    expect(refused).toThrow(new RegExp(`^The variable ${name} (?:is no URL|has a %)(?!.*secret)`));
  });

  it.each([
    [{ HTTPS_PROXY: '' }, ''],
    [{ HTTPS_PROXY: 'http://proxy:3128' }, ''],
    [{ HTTP_PROXY: 'socks5://for-others' }, ''],
    [{ HTTPS_PROXY: 'socks5://for-others' }, 'http://localhost:1'],
  ])('takes the proxy %j', (env, baseUrl) => {
    expect(read({ 'base-url': baseUrl }, env).modelIds).toEqual(['a']);
  });
});
