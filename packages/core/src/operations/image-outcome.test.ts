import { describe, expect, test } from 'vitest';
import {
  apiError,
  hangs,
  outcomeOf,
  processing,
  scriptedApi,
  success,
} from '../../test/scripted-api.ts';
import type { ReloadOptions, ReplyEvent } from '../engine.ts';

type Api = ReturnType<typeof scriptedApi>;
type Script = Parameters<typeof scriptedApi>[0];

const URL = 'https://cdn.example/1.png';
const image = { body: { status: 'success', message: 'Here it is', output: [URL] } };
const accepted = { body: { status: 'processing', id: 7 } };
const generating = { body: { status: 'processing', message: 'Generating' } };
const noImage = { body: { status: 'success', message: 'Done', output: [] } };
const notFound = apiError(404, 'Model not found');

const call = (api: Api, options: ReloadOptions = {}) =>
  outcomeOf(api, 'm', { until: 'image', ...options });
/** Calls once, and again some seconds later; returns both outcomes. */
const callTwice = (script: Script, seconds: number, options: ReloadOptions) => {
  const api = scriptedApi(script);
  return api.run(async () => {
    const first = await call(api, options);
    await api.clock.sleep(seconds * 1000);
    return [first, await call(api, options)];
  });
};

const MODEL = { status: 'success', evidence: 'reply', firstStatus: 'success' };

describe('The outcome of an image check', () => {
  test.each([
    [
      'has the image, and the last reply about it',
      { m: [success], 'image m': [image] },
      {
        ...MODEL,
        evidence: 'image',
        imageUrl: URL,
        message: 'Here it is',
        lastStatus: 'success',
        error: null,
      },
    ],
    [
      'that timed out has the last reply about the image, and the success of the model',
      { m: [success], 'image m': [accepted], 'fetch 7': [generating] },
      {
        ...MODEL,
        imageUrl: null,
        message: 'Generating',
        lastStatus: 'processing',
        error: { code: 'wait_timeout' },
      },
    ],
    [
      'that got no reply has the last reply about the model',
      { m: [success], 'image m': [hangs] },
      {
        ...MODEL,
        imageUrl: null,
        message: 'Model reloaded',
        lastStatus: 'success',
        error: { code: 'wait_timeout' },
      },
    ],
    [
      'whose last reply had no status keeps that of the model',
      { m: [success], 'image m': [{ status: 500, body: { message: 'Server busy' } }] },
      {
        ...MODEL,
        imageUrl: null,
        message: 'Server busy',
        lastStatus: 'success',
        error: { code: 'server_error' },
      },
    ],
    [
      'that was not started does not mention an image',
      { m: [processing] },
      {
        status: 'processing',
        evidence: null,
        imageUrl: null,
        message: 'Model is reloading',
        lastStatus: 'processing',
        error: { code: 'wait_timeout' },
      },
    ],
  ])('%s.', async (_, script, expected) => {
    const api = scriptedApi(script, { maxRetries: 0 });
    expect(await api.run(() => call(api, { timeoutMs: 150_000 }))).toMatchObject(expected);
  });
});

describe('A second call', () => {
  test('within maxAgeMs is answered by the image, without a request.', async () => {
    const script = { m: [success], 'image m': [image] };
    const [first, second] = await callTwice(script, 60, { maxAgeMs: 60_000 });
    expect(first?.requests).toBe(2);
    expect(second).toMatchObject({
      ...MODEL,
      evidence: 'image',
      imageUrl: URL,
      message: 'Here it is',
      repliedAt: first?.repliedAt,
      requests: 0,
      error: null,
    });
  });

  test.each([
    [60_000, 60.001],
    [0, 0],
  ])('with maxAgeMs %i after %s s sends both requests again.', async (maxAgeMs, seconds) => {
    const script = { m: [success], 'image m': [image] };
    const [, second] = await callTwice(script, seconds, { maxAgeMs });
    expect(second).toMatchObject({ evidence: 'image', requests: 2, error: null });
  });

  test('with maxAgeMs 0 right after a success reloads the model again.', async () => {
    const api = scriptedApi([success]);
    await api.run(async () => {
      for (let i = 0; i < 2; i++) await call(api, { until: 'success', maxAgeMs: 0 });
    });
    expect(api.requests.map(({ at }) => at)).toEqual([0, 35]);
  });

  test('that fails for the model does not mention the earlier image.', async () => {
    const script = { m: [success, notFound], 'image m': [image] };
    const [, second] = await callTwice(script, 60, { maxAgeMs: 0 });
    expect(second).toMatchObject({
      status: 'error',
      evidence: null,
      imageUrl: null,
      message: 'Model not found',
      error: { code: 'model_not_found' },
    });
  });

  test('within the interval is answered by the final failure of the image.', async () => {
    const script = { m: [success], 'image m': [noImage, image] };
    const [first, second] = await callTwice(script, 10, { maxAgeMs: 60_000 });
    expect(first).toMatchObject({ requests: 2, error: { code: 'unexpected_response' } });
    expect(second).toMatchObject({ requests: 0, imageUrl: null, message: 'Done' });
    expect(second?.error).toEqual(first?.error);
  });

  describe('after an image that took 20 s', () => {
    const script = {
      m: [success],
      'image m': [{ ...accepted, body: { ...accepted.body, eta: 20 } }],
      'fetch 7': [image],
    };

    test('is answered by the image, although the success is older than maxAgeMs.', async () => {
      const [, second] = await callTwice(script, 50, { maxAgeMs: 60_000 });
      expect(second).toMatchObject({ evidence: 'image', imageUrl: URL, requests: 0 });
    });

    test('that ends before the next image does not mention the earlier one.', async () => {
      const api = scriptedApi(script);
      const next: (number | null)[] = [];
      const outcome = await api.run(async () => {
        await call(api);
        await api.clock.sleep(20_000);
        const onReply = ({ nextInMs }: ReplyEvent) => void next.push(nextInMs);
        return call(api, { maxAgeMs: 0, timeoutMs: 10_000, onReply });
      });
      expect(outcome).toMatchObject({
        ...MODEL,
        imageUrl: null,
        error: { code: 'wait_timeout' },
      });
      // The image was fetched at 20 s, and its interval ends at 55 s.
      expect(next[0]).toBe(15_000);
    });
  });
});
