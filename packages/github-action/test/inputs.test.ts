import { describe, expect, test } from 'vitest';
import { runEmulated } from './emulated.ts';

describe.concurrent('an invalid input', () => {
  test.each([
    ['api-key', { 'api-key': '' }, /^The input api-key is empty\. .*secrets\.MODELSLAB_API_KEY/],
    ['model-ids', { 'model-ids': '- a\n- b' }, /^The input model-ids, .* list dash\. .*one id/],
    ['timeout', { timeout: '10' }, /^The input timeout must be a duration .* such as 90s/],
    ['base-url', { 'base-url': 'http://example.com' }, /^The input base-url .* unencrypted/],
  ])('%s is reported before anything is sent: %j', async (_name, inputs, expected) => {
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
      'succeeded-model-ids': '[]',
      'failed-model-ids': '[]',
    });
  });

  test.each(['until', 'all-trained', 'model-ids', 'concurrency'])(
    'never shows a key that was passed as %s',
    async (input) => {
      const { raw, summary, annotations } = await runEmulated({
        inputs: { 'model-ids': 'a', [input]: 'x demo-key' },
      });
      expect(annotations).toHaveLength(1);
      expect(raw.replace('::add-mask::demo-key', '')).not.toContain('demo-key');
      expect(summary).not.toContain('demo-key');
      expect(summary).toContain(`The input ${input}`);
    },
  );

  test('of a proxy is reported without quoting it', async () => {
    const result = await runEmulated({
      inputs: { 'model-ids': 'a', 'base-url': 'https://api.modelslab.example' },
      env: { https_proxy: 'user:hunter2@proxy:3128' },
    });
    expect(result.annotations[0]?.message).toContain(
      'A proxy variable (HTTPS_PROXY, HTTP_PROXY or ALL_PROXY) is not a valid URL',
    );
    expect(result.raw).not.toContain('hunter2');
  });
});

test('An empty input is read as its default.', async () => {
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
