import { readFileSync } from 'node:fs';
import { OPTION_SPECS, parseDuration, type OptionName } from '@modelslab-reload/core/engine';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { INPUT_OPTIONS, readInputs } from './inputs.ts';

const valid = { 'api-key': 'a-key-of-some-length', 'model-ids': 'a' };

function read(inputs: Record<string, string>) {
  const given: Record<string, string> = { ...valid, ...inputs };
  return readInputs((name) => given[name] ?? '');
}

describe('readInputs', () => {
  test('leaves missing inputs to the core', () => {
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
      call: {
        until: undefined,
        timeoutMs: undefined,
        maxImages: undefined,
        imageBaseModel: undefined,
      },
      modelIds: ['a'],
      excludedIds: [],
      allTrained: false,
      failOnError: true,
    });
  });

  test('reads all inputs', () => {
    const inputs = read({
      'base-url': 'https://api.example/',
      'all-trained': 'True',
      'fail-on-error': 'FALSE',
      'poll-interval': '1.5m',
      'request-timeout': '500ms',
      until: 'image',
      'max-images': '7',
      'image-base-model': 'flux',
      'exclude-model-ids': 'b, c',
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
      call: { until: 'image', timeoutMs: 3_600_000, maxImages: 7, imageBaseModel: 'flux' },
      excludedIds: ['b', 'c'],
      allTrained: true,
      failOnError: false,
    });
  });

  test.each([
    ['api-key', '', /^The input api-key is empty\.$/, /\$\{\{ secrets\.MODELSLAB_API_KEY \}\}/],
    ['api-key', 'two words', /^The API key contains whitespace/, /./],
    ['api-key', '"a-key-in-quotes"', /^The API key is in quotes\.$/, /./],
    ['model-ids', ' , \n', /^The input model-ids is empty\.$/, /all-trained: true\.$/],
    ['model-ids', 'a,a-key-of-some-length', /^The input model-ids, entry 2: .* API key/, /./],
    [
      'until',
      'loaded',
      /^The input until must be .*accepted.*success.*image.*, not "loaded"\.$/,
      /./,
    ],
    [
      'model-ids',
      '["a,b"]',
      /^The input model-ids, entry 1: .* has a comma at character 2/,
      /separately/,
    ],
    ['exclude-model-ids', 'a, "b"', /^The input exclude-model-ids, entry 2: .* quotes/, /./],
    ['exclude-model-ids', '["a"', /^The input exclude-model-ids begins with \[ but/, /./],
    ['max-images', '-1', /^The input max-images must be a whole number of at least 0/, /./],
    ['image-base-model', 'a b', /^The input image-base-model must be a model id, not "a b"/, /./],
    ['timeout', '10', /^The input timeout must be a duration/, /./],
    ['poll-interval', '0s', /^The input poll-interval must be a duration/, /./],
    ['request-timeout', '1w', /^The input request-timeout must be a duration/, /./],
    ['concurrency', '0', /^The input concurrency must be .* at least 1, not 0\.$/, /./],
    ['retries', '-1', /^The input retries must be .* at least 0, not -1\.$/, /./],
    [
      'all-trained',
      'yes',
      /^The input all-trained must be true or false, not "yes"\.$/,
      /^Write true or false, without quotes\.$/,
    ],
    ['all-trained', '"true"', /must be true or false/, /^Write true or false, without quotes\.$/],
    [
      'fail-on-error',
      "'false'",
      /must be true or false/,
      /^Write true or false, without quotes\.$/,
    ],
    ['all-trained', 'not true', /, not "not true"\.$/, /^Write true or false, without quotes\.$/],
    ['all-trained', 'true #', /, not "true #"\.$/, /^Write true or false, without quotes\.$/],
    [
      'fail-on-error',
      '0',
      /^The input fail-on-error must be true or false, not "0"\.$/,
      /^Write true or false, without quotes\.$/,
    ],
    [
      'fail-on-error',
      'not false',
      /, not "not false"\.$/,
      /^Write true or false, without quotes\.$/,
    ],
    ['fail-on-error', 'false #', /, not "false #"\.$/, /^Write true or false, without quotes\.$/],
    [
      'base-url',
      'modelslab.com',
      /^The input base-url .* is not a valid URL/,
      /^Use one such as https:/,
    ],
    [
      'base-url',
      'http://example.com',
      /^The input base-url .* unencrypted/,
      /^Use one such as https:/,
    ],
    ['base-url', 'https://a-key-of-some-length.example', /^The input base-url .* API key/, /./],
  ])('rejects the input %s: %j', (name, value, message, hint) => {
    const rejected = expect.objectContaining({
      code: 'invalid_argument',
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    });
    expect(() => read({ [name]: value })).toThrow(rejected);
  });

  test('mentions only options that the Action has', () => {
    const rejected = expect.objectContaining({ hint: expect.not.stringMatching(/insecure/i) });
    expect(() => read({ 'base-url': 'http://example.com' })).toThrow(rejected);
  });

  test('requires max-images for an image of every trained model', () => {
    const inputs = { 'model-ids': '', 'all-trained': 'true', until: 'image' };
    expect(() => read(inputs)).toThrow(/would bill an image of every model of the account/);
    expect(read({ ...inputs, 'max-images': '0' }).call.maxImages).toBe(0);
  });

  test('accepts no model id with all-trained', () => {
    expect(read({ 'model-ids': '', 'all-trained': 'true' }).modelIds).toEqual([]);
  });

  test('accepts an empty JSON array, which is an explicit list without models', () => {
    expect(read({ 'model-ids': '[]' }).modelIds).toEqual([]);
  });
});

describe('action.yml', () => {
  const { inputs } = parse(readFileSync(new URL('../action.yml', import.meta.url), 'utf8')) as {
    inputs: Record<string, { default?: string; description: string }>;
  };

  /** Returns the text for the default of an option. */
  function formatDefault(name: OptionName): string {
    const spec = OPTION_SPECS[name];
    return spec.default === undefined ? '' : String(spec.default);
  }

  test.each(Object.entries(INPUT_OPTIONS))('has the default of the core for %s', (input, name) => {
    const text = inputs[input]?.default ?? expect.fail(`action.yml has no input ${input}`);
    const isDuration = OPTION_SPECS[name].type === 'duration' && text !== '';
    expect(isDuration ? String(parseDuration(text, input)) : text).toBe(formatDefault(name));
  });

  test('has only inputs that are read', () => {
    const own = ['api-key', 'model-ids', 'exclude-model-ids', 'all-trained', 'fail-on-error'];
    expect(Object.keys(inputs).toSorted()).toEqual(
      [...own, ...Object.keys(INPUT_OPTIONS)].toSorted(),
    );
  });
});
