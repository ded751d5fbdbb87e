import { describe, expect, test } from 'vitest';

import { clock, fakeN8n } from './fake-n8n.ts';
import { outcomesOf, run } from './run-node.ts';

describe('A request', () => {
  test('has the key in its body and nowhere else, and follows no redirect.', async () => {
    const n8n = fakeN8n({
      parameters: [{ modelId: 'redirects' }],
      onError: 'continueRegularOutput',
    });

    expect(await outcomesOf(n8n)).toMatchObject([{ error: { code: 'unexpected_response' } }]);

    const [{ body, ...rest } = {}] = n8n.sent;
    expect(body).toEqual({ key: n8n.key, model_id: 'redirects' });
    expect(JSON.stringify(rest)).not.toContain(JSON.stringify(n8n.key).slice(1, -1));
    expect(rest).toMatchObject({
      method: 'POST',
      url: 'https://modelslab.com/api/v6/images/model_reload',
      returnFullResponse: true,
      ignoreHttpStatusErrors: true,
      disableFollowRedirect: true,
      encoding: 'text',
    });
  });

  test("keeps its host's key if the credential changes during the wait.", async () => {
    const n8n = fakeN8n();
    void clock.sleep(20_000).then(() => Object.assign(n8n.credential, { apiKey: 'new-key' }));

    expect(await outcomesOf(n8n)).toMatchObject([{ status: 'success' }]);
    expect(n8n.sent.map(({ body }) => body)).toEqual([
      { key: n8n.key, model_id: 'my-model' },
      { key: n8n.key, model_id: 'my-model' },
    ]);
  });

  test("ends at the deadline, although n8n's signal does not.", async () => {
    const n8n = fakeN8n({
      parameters: [{ modelId: 'drips', options: { timeout: 3 } }],
      onError: 'continueRegularOutput',
      cancel: new AbortController().signal,
    });

    await run(n8n);

    expect(n8n.emulator.requests).toMatchObject([{ modelId: 'drips', reply: 'aborted' }]);
  });

  test('may take as long as Request Timeout, even more than the 300 s of n8n.', async () => {
    const n8n = fakeN8n({
      parameters: [
        { modelId: 'hangs', options: { requestTimeout: 400, retries: 0, timeout: 1000 } },
      ],
      onError: 'continueRegularOutput',
    });

    expect(await outcomesOf(n8n)).toMatchObject([
      { elapsedMs: 400_000, error: { code: 'request_timeout' } },
    ]);
    expect(n8n.sent[0]?.timeout).toBeGreaterThan(400_000);
  });
});

describe('A reply', () => {
  const replyOf = (length: number) => {
    const [start, end] = ['{"status":"success","message":"', '"}'];
    return start + 'a'.repeat(length - start.length - end.length) + end;
  };

  test.each([
    ['of 1 MiB is read', 1024 * 1024, undefined],
    ['above 1 MiB is rejected', 1024 * 1024 + 1, 'unexpected_response'],
  ])('%s.', async (_, length, code) => {
    const n8n = fakeN8n({
      emulator: { intercept: () => ({ status: 200, headers: {}, text: replyOf(length) }) },
      onError: 'continueRegularOutput',
    });

    const [outcome] = await outcomesOf(n8n);

    expect(outcome?.error?.code).toBe(code);
    if (code) expect(outcome?.error?.message).toContain('more than 1 MiB');
  });

  test.each([
    ['is applied', '45', 45_000],
    ['is ignored if it is repeated', ['45', '50'], null],
  ])('with a Retry-After, which %s.', async (_, retryAfter, retryAfterMs) => {
    const headers = { 'retry-after': retryAfter } as Record<string, string>;
    const n8n = fakeN8n({
      parameters: [{ modelId: 'a', options: { retries: 0 } }],
      emulator: { intercept: () => ({ status: 503, headers, text: '' }) },
      onError: 'continueRegularOutput',
    });

    expect(await outcomesOf(n8n)).toMatchObject([{ error: { httpStatus: 503, retryAfterMs } }]);
  });
});
