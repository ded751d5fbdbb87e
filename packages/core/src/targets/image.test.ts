import { createEmulator, createVirtualClock } from '@modelslab-reload/emulator';
import { describe, expect, test } from 'vitest';
import {
  apiError,
  KEY,
  processing,
  scriptedApi,
  success,
  type Step,
} from '../../test/scripted-api.ts';
import { createClient } from '../engine.ts';
import { ReloadError } from '../errors.ts';
import type { Outcome } from '../outcome.ts';

const URL = 'https://cdn.example/1.png';
const image: Step = { body: { status: 'success', output: [URL] } };
const accepted: Step = { body: { status: 'processing', id: 7, eta: 12.5, output: [] } };
const generating: Step = { body: { status: 'processing', eta: 3 } };
const unavailable = apiError(200, 'Model is not loaded: m');

async function reload(script: Record<string, Step[]>, options = {}) {
  const api = scriptedApi({ m: [success], ...script });
  const outcome = await api.run(async () => {
    try {
      return await api.client.reload('m', { until: 'image', ...options });
    } catch (error) {
      if (!ReloadError.isInstance(error) || !error.outcome) throw error;
      return error.outcome;
    }
  });
  const requests = api.requests.map(({ id, at }) => `${at} ${id}`);
  return { outcome, requests };
}

type Expected = { error: string | null } & Partial<Omit<Outcome, 'error'>>;

describe('With until: image,', () => {
  test.each<[string, Record<string, Step[]>, Expected, string[]]>([
    [
      'an image in the first reply is the evidence',
      { 'image m': [image] },
      { status: 'success', evidence: 'image', imageUrl: URL, requests: 2, error: null },
      ['0 m', '0 image m'],
    ],
    [
      'the image is requested after the model has loaded',
      { m: [processing, success], 'image m': [image] },
      { status: 'success', evidence: 'image', firstStatus: 'processing', requests: 3, error: null },
      ['0 m', 'INTERVAL m', 'INTERVAL image m'],
    ],
    [
      'an image in progress is fetched after its eta',
      { 'image m': [accepted], 'fetch 7': [generating, image] },
      { evidence: 'image', imageUrl: URL, requests: 4, error: null },
      ['0 m', '0 image m', '12.5 fetch 7', '47.5 fetch 7'],
    ],
    [
      'the output may be a URL rather than a list',
      { 'image m': [{ body: { status: 'success', output: URL } }] },
      { evidence: 'image', imageUrl: URL, error: null },
      ['0 m', '0 image m'],
    ],
    [
      'a success without an image is an error',
      { 'image m': [{ body: { status: 'success', output: [] } }] },
      { status: 'success', evidence: 'reply', imageUrl: null, error: 'unexpected_response' },
      ['0 m', '0 image m'],
    ],
    [
      'a 403 is final',
      { 'image m': [apiError(403, 'Your plan lacks this')] },
      { status: 'success', evidence: 'reply', imageUrl: null, error: 'forbidden' },
      ['0 m', '0 image m'],
    ],
    [
      'insufficient credits are final',
      { 'image m': [apiError(402, 'Insufficient credits')] },
      { status: 'success', error: 'payment_required' },
      ['0 m', '0 image m'],
    ],
    [
      'an image request that may have been accepted is sent three times at most',
      { 'image m': [apiError(500, 'Server error')] },
      { status: 'success', evidence: 'reply', requests: 4, error: 'server_error' },
      ['0 m', '0 image m', '35 image m', '70 image m'],
    ],
    [
      'fetching the image continues after retryable failures',
      {
        'image m': [accepted],
        'fetch 7': [
          apiError(500, 'x'),
          { fails: 'ECONNRESET' },
          apiError(503, 'x'),
          apiError(503, 'x'),
          image,
        ],
      },
      { evidence: 'image', error: null },
      [
        '0 m',
        '0 image m',
        '12.5 fetch 7',
        '47.5 fetch 7',
        '82.5 fetch 7',
        '117.5 fetch 7',
        '152.5 fetch 7',
      ],
    ],
    [
      'a rate limited image request does not count as an image request',
      {
        'image m': [
          apiError(429, 'Rate limit exceeded', { retry_after: 20 }),
          ...Array.from({ length: 3 }, () =>
            apiError(429, 'Rate limit exceeded', { retry_after: 20 }),
          ),
          image,
        ],
      },
      { evidence: 'image', error: null },
      ['0 m', '0 image m', '20 image m', '40 image m', '60 image m', '80 image m'],
    ],
    [
      'an image that failed is requested again',
      {
        'image m': [accepted, image],
        'fetch 7': [{ body: { status: 'failed', message: 'Failed, Try Again' } }],
      },
      { evidence: 'image', requests: 4, error: null },
      ['0 m', '0 image m', '12.5 fetch 7', '47.5 image m'],
    ],
    [
      'an image counts even if the message mentions queues',
      {
        'image m': [
          {
            body: {
              status: 'success',
              message: 'generation started',
              tip: 'will take',
              output: [URL],
            },
          },
        ],
      },
      { evidence: 'image', imageUrl: URL, requests: 2, error: null },
      ['0 m', '0 image m'],
    ],
    [
      'an image request whose reply has no id is sent three times',
      { 'image m': [{ body: { status: 'processing' } }] },
      { status: 'success', evidence: 'reply', requests: 4, error: 'unexpected_response' },
      ['0 m', '0 image m'],
    ],
    [
      'a URL that contains the key is ignored',
      { 'image m': [{ body: { status: 'success', output: [`https://cdn.example/${KEY}.png`] } }] },
      { evidence: 'reply', imageUrl: null, error: 'unexpected_response' },
      ['0 m', '0 image m'],
    ],
    [
      'an image that is never generated is requested three times, then fetched until the deadline',
      { 'image m': [accepted], 'fetch 7': [generating] },
      { status: 'success', evidence: 'reply', imageUrl: null, error: 'wait_timeout' },
      ['0 m', '0 image m', expect.stringContaining('fetch 7')],
    ],
  ])('%s.', async (_, script, { error, ...expected }, requests) => {
    const seen = await reload(script);
    expect(seen.outcome).toMatchObject(expected);
    expect(seen.outcome.error?.code ?? null).toBe(error);
    // The intervals while a model loads are tested with the schedule.
    const withoutIntervals = (line: string) =>
      line.replace(/^(?:[1-9]\d{2,}) (m|image m)$/, 'INTERVAL $1');
    expect(seen.requests.map(withoutIntervals).slice(0, requests.length)).toEqual(requests);
    const imageRequests = seen.requests.filter((line) => line.endsWith(' image m'));
    if (error !== null) expect(imageRequests.length).toBeLessThanOrEqual(3);
  });
});

test('An image request is retried on the schedule of a load if the model is unavailable.', async () => {
  const { outcome, requests } = await reload({
    m: [processing, success],
    'image m': [unavailable, unavailable, image],
  });
  expect(outcome).toMatchObject({ evidence: 'image', error: null });
  const at = requests.map((line) => Number.parseFloat(line));
  // The first interval of the schedule is longer than most loads, then shorter ones follow.
  expect((at[3] ?? 0) - (at[2] ?? 0)).toBe((at[1] ?? 0) - (at[0] ?? 0));
});

test.each([
  [402, 'Insufficient credits: the model is not available', 'payment_required'],
  [403, 'This model is not available on your plan', 'forbidden'],
])(
  'A final failure stays final even if its message mentions the model: %i %s',
  async (status, message, code) => {
    const { outcome, requests } = await reload({ 'image m': [apiError(status, message)] });
    expect(outcome.error?.code).toBe(code);
    expect(requests).toHaveLength(2);
  },
);

test('A 401 of an image request is retried once, because the key was accepted before.', async () => {
  const { outcome, requests } = await reload({
    'image m': [apiError(401, 'Invalid API key: model not loaded')],
  });
  expect(outcome).toMatchObject({ status: 'success', error: { code: 'unauthorized' } });
  expect(requests).toHaveLength(3);
});

test('A long signed URL is not truncated.', async () => {
  const long = `${URL}?signature=${'a'.repeat(5000)}`;
  const { outcome } = await reload({
    'image m': [{ body: { status: 'success', output: [long] } }],
  });
  expect(outcome.imageUrl).toBe(long);
});

test('At most three images are requested.', async () => {
  const { requests } = await reload(
    { 'image m': [accepted], 'fetch 7': [generating] },
    { timeoutMs: 3_600_000 },
  );
  expect(requests.filter((line) => line.endsWith('image m'))).toHaveLength(3);
});

test('The image request is for the smallest documented image, with the given prompt.', async () => {
  const bodies: unknown[] = [];
  const clock = createVirtualClock();
  const client = createClient({
    apiKey: KEY,
    clock,
    transport: async ({ url, body }) => {
      if (url.endsWith('/text2img')) bodies.push(JSON.parse(body));
      return { status: 200, headers: {}, text: JSON.stringify(image.body) };
    },
  });
  await client.reload('m', { until: 'image', imagePrompt: 'a red square' });
  expect(bodies).toEqual([
    {
      key: KEY,
      model_id: 'm',
      prompt: 'a red square',
      width: 512,
      height: 512,
      samples: 1,
      num_inference_steps: 10,
    },
  ]);
});

test('Insufficient credits end the whole list.', async () => {
  const api = scriptedApi(
    { 'image a': [apiError(402, 'Insufficient credits')] },
    { concurrency: 1 },
  );
  const codes = await api.run(async () => {
    const all: (string | undefined)[] = [];
    for await (const { error } of api.client.reloadMany(['a', 'b', 'c'], {
      until: 'image',
    }))
      all.push(error?.code);
    return all;
  });
  expect(codes).toEqual(['payment_required', 'payment_required', 'payment_required']);
});

test.each(['', ' ', '.', '..'])(
  'An id that cannot be a path segment is not fetched: %j',
  async (id) => {
    const { outcome, requests } = await reload({
      'image m': [{ body: { status: 'processing', id, eta: 1 } }],
    });
    expect(outcome.error?.code).toBe('unexpected_response');
    expect(requests.map((line) => line.replace(/^\S+ /, ''))).toEqual([
      'm',
      'image m',
      'image m',
      'image m',
    ]);
  },
);

test('An id with a slash stays one path segment.', async () => {
  const step: Step = { body: { status: 'processing', id: '../x?y', eta: 1 } };
  const { requests } = await reload({ 'image m': [step], 'fetch ..%2Fx%3Fy': [image] });
  expect(requests.at(-1)).toBe('1 fetch ..%2Fx%3Fy');
});

const scenarios = (['loaded', 'accepted', 'blocking'] as const).flatMap((meaning) =>
  (['harmless', 'refused', 'restarts'] as const).flatMap((repeat) =>
    (['error', 'queue', 'loads'] as const).map((drawUnloaded) => ({
      success: meaning,
      repeat,
      drawUnloaded,
    })),
  ),
);

// The image proves what the reply alone cannot.
test.each(scenarios)(
  'With success $success, repeat $repeat and image $drawUnloaded when unloaded, the image proves that the model is loaded.',
  async (scenario) => {
    const clock = createVirtualClock();
    const emulator = createEmulator({ ...scenario, clock });
    const client = createClient({ apiKey: 'demo-key', transport: emulator.answer, clock });
    const outcome = await clock.run(() =>
      client.reload('m', { until: 'image', timeoutMs: 900_000 }),
    );
    expect(outcome).toMatchObject({ status: 'success', evidence: 'image', error: null });
    expect(emulator.isLoaded('m')).toBe(true);
    expect(
      emulator.requests.filter(({ path }) => path.endsWith('/text2img')).length,
    ).toBeLessThanOrEqual(3);
  },
);
