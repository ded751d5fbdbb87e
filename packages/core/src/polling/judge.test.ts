import { expect, test } from 'vitest';
import { apiError, hangs, processing, scriptedApi, success } from '../../test/scripted-api.ts';
import type { ReplyEvent } from '../options.ts';
import type { ReloadError } from '../errors.ts';

const spam = apiError(200, 'Rate limit exceeded', { tips: 'spam filter, wait for 60 seconds' });

test.each<[string, object, object]>([
  ['a failure on the way', { fails: 'ECONNRESET' }, { status: 'error', httpStatus: null }],
  ['a request that takes too long', hangs, { message: 'No whole reply within 2m 30s' }],
  ['an unknown status', { body: { status: 'paused' } }, { status: 'error', httpStatus: 200 }],
])('%s is an exchange with an error', async (_, step, expected) => {
  const api = scriptedApi([step], { maxRetries: 0 });
  const events: ReplyEvent[] = [];
  await api.run(() =>
    api.client.reload('m', { onReply: (event) => events.push(event) }).catch(() => {}),
  );
  expect(events).toMatchObject([{ status: 'error', attempt: 1, nextInMs: null, ...expected }]);
});

test('a refusal for rate that asks for just the time that is left is waited for', async () => {
  const full = apiError(429, 'Rate limit exceeded', { retry_after: 30 });
  const api = scriptedApi([full]);
  const error = await api.run(() =>
    api.client.reload('m', { timeoutMs: 30_000 }).catch((thrown: ReloadError) => thrown),
  );
  expect(error).toMatchObject({
    code: 'rate_limited',
    message: 'm: Rate limit exceeded, and the deadline of 30s passed',
  });
  expect(api.now()).toBe(30);
});

test('the spam filter ends one model alone, though another is being waited for', async () => {
  const api = scriptedApi({ a: [processing, spam], b: [processing, processing, success] });
  const errors = await api.run(async () => {
    const all: Record<string, string | null> = {};
    const options = { timeoutMs: 185_000 };
    for await (const { modelId, error } of api.client.reloadMany(['b', 'a'], options)) {
      all[modelId] = error?.code ?? null;
    }
    return all;
  });
  expect(errors).toEqual({ a: 'rate_limited', b: null });
});

test.each([
  ['before any reply', [hangs], 'no reply came'],
  ['while it loads', [processing], 'last heard: processing, Model is reloading'],
  ['without a word', [{ body: { status: 'processing' } }], 'last heard: processing'],
])('an abort says what was last heard: %s', async (_, script, message) => {
  const api = scriptedApi(script);
  const caller = new AbortController();
  const error = await api.run(() => {
    void api.clock.sleep(5000).then(() => caller.abort());
    return api.client
      .reload('m', { signal: caller.signal })
      .catch((thrown: ReloadError) => thrown.outcome?.error);
  });
  expect(error).toMatchObject({ code: 'aborted', message: expect.stringMatching(`; ${message}$`) });
});
