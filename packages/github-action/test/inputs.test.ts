import { describe, expect, it } from 'vitest';
import { runEmulated } from './emulated.ts';

describe.concurrent('a wrong input is named before anything is sent', () => {
  it.each([
    ['api-key', { 'api-key': '' }, /^The input api-key is empty\. .*secrets\.MODELSLAB_API_KEY/],
    ['api-key', { 'api-key': 'two words' }, /^The input api-key: The API key contains a blank/],
    ['model-ids', { 'model-ids': ' , \n' }, /^The input model-ids is empty\. .*all-trained/],
    ['model-ids', { 'model-ids': 'a,b\u0007c' }, /^The input model-ids: .*invisible character/],
    ['model-ids', { 'model-ids': 'a,demo-key' }, /^The input model-ids: .*the API key/],
    ['until', { until: 'loaded' }, /^The input until must be one of accepted, success, image, not/],
    ['timeout', { timeout: '10' }, /^The input timeout must be a duration .* such as 90s/],
    ['poll-interval', { 'poll-interval': '0s' }, /^The input poll-interval must be a duration/],
    ['request-timeout', { 'request-timeout': '1w' }, /^The input request-timeout must be/],
    ['concurrency', { concurrency: '0' }, /^The input concurrency .* at least 1, not "0"\.$/],
    ['retries', { retries: '-1' }, /^The input retries .* at least 0, not "-1"\.$/],
    ['all-trained', { 'all-trained': 'yes' }, /^The input all-trained must be true or false/],
    ['fail-on-error', { 'fail-on-error': '0' }, /^The input fail-on-error must be true or false/],
    ['base-url', { 'base-url': 'http://example.com' }, /^The input base-url: .* unencrypted/],
  ])('%s: %j', async (_name, inputs, expected) => {
    const result = await runEmulated({
      inputs: { 'model-ids': 'a', 'fail-on-error': 'false', ...inputs },
    });
    expect(result.annotations).toHaveLength(1);
    expect(result.annotations[0]?.message).toMatch(expected);
    expect(result.conclusion).toBe('failure');
    expect(result.requests).toEqual([]);
    expect(result.outputs).toEqual({
      status: 'error',
      outcomes: '[]',
      succeeded: '0',
      processing: '0',
      failed: '0',
      'failed-model-ids': '[]',
    });
  });

  it('a proxy variable that is no URL, without quoting it', async () => {
    const result = await runEmulated({
      inputs: { 'model-ids': 'a' },
      env: { http_proxy: 'user:hunter2@proxy:3128' },
    });
    expect(result.annotations[0]?.message).toMatch(
      /^The variable http_proxy is no URL of an HTTP proxy/,
    );
    expect(result.raw).not.toContain('hunter2');
    expect(result.requests).toEqual([]);
  });
});

it('an empty input is read as its default', async () => {
  const result = await runEmulated({
    inputs: {
      'model-ids': 'a',
      'all-trained': '',
      until: '',
      timeout: '',
      concurrency: '',
      retries: '',
      'request-timeout': '',
      'fail-on-error': '',
    },
  });
  expect(result.outputs['status']).toBe('success');
});
