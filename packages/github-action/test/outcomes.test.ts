import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { runEmulated } from './emulated.ts';

describe.concurrent('a model', () => {
  test.each([
    ['my-model', 'success', 'change', null],
    ['misspelt', 'success', 'change', null],
    ['says-success-while-loading', 'success', 'change', null],
    ['no-message', 'success', 'reply', null],
    ['not-found', 'error', null, 'model_not_found'],
    ['server-error', 'error', null, 'server_error'],
    ['html-502', 'error', null, 'server_error'],
    ['http-200-error', 'error', null, 'api_error'],
    ['validation-object', 'error', null, 'invalid_request'],
    ['status-failed', 'error', null, 'api_error'],
    ['empty-body', 'error', null, 'unexpected_response'],
    ['echoes-key', 'error', null, 'server_error'],
  ])('%s: %s, evidence %s, %s', async (modelId, status, evidence, code) => {
    const { outcomes, outputs, conclusion } = await runEmulated({
      inputs: { 'model-ids': modelId },
    });
    const { error, ...outcome } = outcomes[modelId] ?? expect.fail('no outcome');
    expect(outcome).toMatchObject({ status, evidence });
    expect(error?.code ?? null).toBe(code);
    expect(outputs['status']).toBe(code === null ? 'success' : 'error');
    expect(conclusion).toBe(code === null ? 'success' : 'failure');
  });

  test('is proven by an image with until image', async () => {
    const { outcomes, conclusion, summary, requests, log } = await runEmulated({
      inputs: { 'model-ids': 'my-model', until: 'image' },
    });
    expect(outcomes['my-model']).toMatchObject({ evidence: 'image', error: null });
    expect(requests.map(({ path }) => path).at(-1)).toBe('/api/v6/images/text2img');
    expect(summary).toContain('[image](https://emulator.invalid/');
    expect(log).toContain('; next: an image, which is billed');
    expect(log).not.toContain('next request in 0ms');
    expect(conclusion).toBe('success');
  });

  test('that fails once is requested again, and the log has the reason', async () => {
    const { outcomes, log } = await runEmulated({
      inputs: { 'model-ids': 'fails-once', retries: '1' },
    });
    expect(outcomes['fails-once']).toMatchObject({ status: 'success', requests: 3, error: null });
    expect(log).toMatch(
      /^fails-once: server_error, Internal server error \(HTTP 500\); next request in \d+ms$/m,
    );
  });

  test('that is not loaded in time has failed, with the last reply', async () => {
    const { outcomes, outputs, conclusion, summary } = await runEmulated({
      inputs: { 'model-ids': 'always-processing', timeout: '3s' },
    });
    expect(outcomes['always-processing']).toMatchObject({
      status: 'processing',
      error: { code: 'wait_timeout' },
    });
    expect(outputs).toMatchObject({ status: 'error', processing: '0', failed: '1' });
    expect(conclusion).toBe('failure');
    expect(summary).toContain('last reply: processing, Model is reloading');
  });
});

describe.concurrent('many models', () => {
  test('are counted, and the failed ones are listed', async () => {
    const { outputs, conclusion } = await runEmulated({
      inputs: { 'model-ids': 'a, not-found\n b\n\nb,http-200-error' },
    });
    expect(outputs).toMatchObject({
      status: 'error',
      succeeded: '2',
      processing: '0',
      failed: '2',
    });
    expect(JSON.parse(outputs['failed-model-ids'] ?? '').toSorted()).toEqual([
      'http-200-error',
      'not-found',
    ]);
    expect(JSON.parse(outputs['succeeded-model-ids'] ?? '')).toEqual(['a', 'b']);
    expect(conclusion).toBe('failure');
  });

  test('are reported in the order of the input, regardless of which ends first', async () => {
    const ids = ['slow', 'c', 'not-found', 'a', 'b'];
    const loadTimeMs = (modelId: string) => (modelId === 'slow' ? 500 : 50);
    const { outputs, summary } = await runEmulated(
      { inputs: { 'model-ids': ids.join('\n') } },
      { loadTimeMs },
    );
    const outcomes: { modelId: string }[] = JSON.parse(outputs['outcomes'] ?? '');
    expect(outcomes.map(({ modelId }) => modelId)).toEqual(ids);
    const rows = [...summary.matchAll(/^\| (\S+) \| (?:success|error)/gm)];
    expect(rows.map(([, modelId]) => modelId)).toEqual(ids);
  });

  test('each have the whole timeout, so that a list may take longer', async () => {
    const { outputs } = await runEmulated(
      { inputs: { 'model-ids': 'a,b,c', timeout: '5s', concurrency: '1' } },
      { success: 'blocking', loadTimeMs: 2000 },
    );
    const outcomes: { elapsedMs: number }[] = JSON.parse(outputs['outcomes'] ?? '');
    expect(outputs['succeeded']).toBe('3');
    expect(outcomes.reduce((sum, { elapsedMs }) => sum + elapsedMs, 0)).toBeGreaterThan(5500);
  });

  test('that wait because the queue is full share one line in the log', async () => {
    const ids = Array.from({ length: 8 }, (_, at) => `model-${at}`);
    const { outputs, log } = await runEmulated(
      { inputs: { 'model-ids': ids.join(), concurrency: '3' } },
      { queue: 'loading', queueLimit: 2, loadTimeMs: 300, retryAfterMs: 1000 },
    );
    expect(outputs['succeeded']).toBe('8');
    expect(log.match(/^The account's queue is full: new models wait in line, .*$/gm)).toHaveLength(
      1,
    );
  });

  test('can be the failed models of an earlier step', async () => {
    const first = await runEmulated({ inputs: { 'model-ids': 'a,not-found,fails-once' } });
    const again = await runEmulated({
      inputs: { 'model-ids': first.outputs['failed-model-ids'] ?? '' },
    });
    expect(Object.keys(again.outcomes)).toEqual(['not-found', 'fails-once']);
  });

  test('succeed with until accepted as soon as the API accepted the requests', async () => {
    const { outputs, conclusion, requests } = await runEmulated(
      { inputs: { 'model-ids': 'a,b,c', until: 'accepted' } },
      { loadTimeMs: 60_000, loaded: ['c'] },
    );
    expect(outputs).toMatchObject({ status: 'processing', succeeded: '1', processing: '2' });
    expect(conclusion).toBe('success');
    expect(requests).toHaveLength(3);
  });

  test('do not fail the step with fail-on-error false', async () => {
    const { outputs, conclusion, annotations } = await runEmulated({
      inputs: { 'model-ids': 'a,not-found', 'fail-on-error': 'false' },
    });
    expect(outputs).toMatchObject({ status: 'error', failed: '1' });
    expect(conclusion).toBe('success');
    expect(annotations.map(({ level }) => level)).toEqual(['warning', 'warning']);
  });

  test('all end when the key is invalid', async () => {
    const modelIds = Array.from({ length: 30 }, (_, at) => `model-${at}`).join('\n');
    const { outputs, requests, annotations } = await runEmulated({
      inputs: { 'api-key': 'wrong-key-0000', 'model-ids': modelIds },
    });
    expect(outputs['failed']).toBe('30');
    expect(requests.length).toBeLessThanOrEqual(3);
    // One for the rejected models, one for those that they ended, and the failure of the step.
    expect(annotations).toHaveLength(3);
  });

  test('have no more open requests than concurrency allows', async () => {
    const { outputs } = await runEmulated(
      { inputs: { 'model-ids': 'a,b,c,d', concurrency: '1' } },
      { queueLimit: 1, retryAfterMs: 60_000 },
    );
    expect(outputs['succeeded']).toBe('4');
  });
});

describe.concurrent('all-trained', () => {
  const inputs = { 'all-trained': 'true' };

  test('adds the trained models to the listed ones', async () => {
    const { outcomes } = await runEmulated(
      { inputs: { ...inputs, 'model-ids': 'mine,also-mine' } },
      { models: ['mine', 'another'] },
    );
    expect(Object.keys(outcomes)).toEqual(['mine', 'also-mine', 'another']);
  });

  test('leaves out what exclude-model-ids names, and warns of an id that is not in the list', async () => {
    const { outcomes, annotations, conclusion } = await runEmulated(
      { inputs: { ...inputs, 'model-ids': 'mine', 'exclude-model-ids': 'mine\nbroken,typo' } },
      { models: ['mine', 'another', 'broken'] },
    );
    expect([Object.keys(outcomes), conclusion]).toEqual([['another'], 'success']);
    expect(annotations).toMatchObject([
      { level: 'warning', message: 'Not in the list of models, so nothing is left out: typo' },
    ]);
  });

  test('is a success if there are none', async () => {
    const { outputs, conclusion, summary } = await runEmulated({ inputs });
    expect(outputs).toMatchObject({ status: 'success', outcomes: '[]', succeeded: '0' });
    expect(conclusion).toBe('success');
    expect(summary).toContain('There was no model to reload.');
  });

  test('fails if the list does not arrive in time', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const { outputs, annotations } = await runEmulated({
      inputs: { ...inputs, 'base-url': `http://127.0.0.1:${port}`, timeout: '300ms' },
    });
    silent.close();
    expect(outputs['status']).toBe('error');
    expect(annotations[0]?.message).toMatch(/^wait_timeout: /);
  });

  test.each([
    ['true', 'failure'],
    ['false', 'success'],
  ])('that cannot be listed, with fail-on-error %s: %s', async (failOnError, expected) => {
    const { outputs, conclusion, annotations } = await runEmulated({
      inputs: { ...inputs, 'api-key': 'wrong-key-0000', 'fail-on-error': failOnError },
    });
    expect(outputs).toMatchObject({ status: 'error', outcomes: '[]', failed: '0' });
    expect(conclusion).toBe(expected);
    expect(annotations).toHaveLength(1);
    expect(annotations[0]?.message).toMatch(/^unauthorized: Invalid API key/);
  });
});
