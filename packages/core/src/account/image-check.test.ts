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
import type { Outcome } from '../outcome.ts';
import { ReloadError } from '../errors.ts';

const URL = 'https://cdn.example/1.png';
const drawn: Step = { body: { status: 'success', output: [URL] } };
const ordered: Step = { body: { status: 'processing', id: 7, eta: 12.5, output: [] } };
const drawing: Step = { body: { status: 'processing', eta: 3 } };
const away = apiError(200, 'Model is not loaded: m');

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

describe('until image', () => {
  test.each<[string, Record<string, Step[]>, Expected, string[]]>([
    [
      'a picture at once',
      { 'draw m': [drawn] },
      { status: 'success', evidence: 'image', imageUrl: URL, requests: 2, error: null },
      ['0 m', '0 draw m'],
    ],
    [
      'after the model was waited for',
      { m: [processing, success], 'draw m': [drawn] },
      { status: 'success', evidence: 'image', firstStatus: 'processing', requests: 3, error: null },
      ['0 m', 'GAP m', 'GAP draw m'],
    ],
    [
      'a picture that takes its time is asked for after its eta',
      { 'draw m': [ordered], 'fetch 7': [drawing, drawn] },
      { evidence: 'image', imageUrl: URL, requests: 4, error: null },
      ['0 m', '0 draw m', '12.5 fetch 7', '47.5 fetch 7'],
    ],
    [
      'a URL alone, not in a list',
      { 'draw m': [{ body: { status: 'success', output: URL } }] },
      { evidence: 'image', imageUrl: URL, error: null },
      ['0 m', '0 draw m'],
    ],
    [
      'a success without a picture is none',
      { 'draw m': [{ body: { status: 'success', output: [] } }] },
      { status: 'success', evidence: 'reply', imageUrl: null, error: 'unexpected_response' },
      ['0 m', '0 draw m'],
    ],
    [
      'the model is refused for good',
      { 'draw m': [apiError(403, 'Your plan lacks this')] },
      { status: 'success', evidence: 'reply', imageUrl: null, error: 'forbidden' },
      ['0 m', '0 draw m'],
    ],
    [
      'an empty account',
      { 'draw m': [apiError(402, 'Insufficient credits')] },
      { status: 'success', error: 'payment_required' },
      ['0 m', '0 draw m'],
    ],
    [
      'an order that may have been taken is made three times at most',
      { 'draw m': [apiError(500, 'Server error')] },
      { status: 'success', evidence: 'reply', requests: 4, error: 'server_error' },
      ['0 m', '0 draw m', '35 draw m', '70 draw m'],
    ],
    [
      'asking for the picture goes on after retryable failures',
      {
        'draw m': [ordered],
        'fetch 7': [
          apiError(500, 'x'),
          { fails: 'ECONNRESET' },
          apiError(503, 'x'),
          apiError(503, 'x'),
          drawn,
        ],
      },
      { evidence: 'image', error: null },
      [
        '0 m',
        '0 draw m',
        '12.5 fetch 7',
        '47.5 fetch 7',
        '82.5 fetch 7',
        '117.5 fetch 7',
        '152.5 fetch 7',
      ],
    ],
    [
      'a refusal for rate is no order',
      {
        'draw m': [
          apiError(429, 'Rate limit exceeded', { retry_after: 20 }),
          ...Array.from({ length: 3 }, () =>
            apiError(429, 'Rate limit exceeded', { retry_after: 20 }),
          ),
          drawn,
        ],
      },
      { evidence: 'image', error: null },
      ['0 m', '0 draw m', '20 draw m', '40 draw m', '60 draw m', '80 draw m'],
    ],
    [
      'a picture that failed is ordered anew',
      {
        'draw m': [ordered, drawn],
        'fetch 7': [{ body: { status: 'failed', message: 'Failed, Try Again' } }],
      },
      { evidence: 'image', requests: 4, error: null },
      ['0 m', '0 draw m', '12.5 fetch 7', '47.5 draw m'],
    ],
    [
      'a picture that comes with a text about queues is a picture',
      {
        'draw m': [
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
      ['0 m', '0 draw m'],
    ],
    [
      'an order without an id to ask for is made three times',
      { 'draw m': [{ body: { status: 'processing' } }] },
      { status: 'success', evidence: 'reply', requests: 4, error: 'unexpected_response' },
      ['0 m', '0 draw m'],
    ],
    [
      'a URL that holds the key, or is no URL, is none',
      { 'draw m': [{ body: { status: 'success', output: [`https://cdn.example/${KEY}.png`] } }] },
      { evidence: 'reply', imageUrl: null, error: 'unexpected_response' },
      ['0 m', '0 draw m'],
    ],
    [
      'a picture that is never drawn is ordered three times, then waited for to the deadline',
      { 'draw m': [ordered], 'fetch 7': [drawing] },
      { status: 'success', evidence: 'reply', imageUrl: null, error: 'wait_timeout' },
      ['0 m', '0 draw m', expect.stringContaining('fetch 7')],
    ],
  ])('%s', async (_, script, { error, ...expected }, requests) => {
    const seen = await reload(script);
    expect(seen.outcome).toMatchObject(expected);
    expect(seen.outcome.error?.code ?? null).toBe(error);
    // The gaps while a model loads are the schedule's affair.
    const withoutGaps = (line: string) => line.replace(/^(?:[1-9]\d{2,}) (m|draw m)$/, 'GAP $1');
    expect(seen.requests.map(withoutGaps).slice(0, requests.length)).toEqual(requests);
    const orders = seen.requests.filter((line) => line.endsWith(' draw m'));
    if (error !== null) expect(orders.length).toBeLessThanOrEqual(3);
  });
});

test('an order that finds the model away is made again by the schedule of a load', async () => {
  const { outcome, requests } = await reload({
    m: [processing, success],
    'draw m': [away, away, drawn],
  });
  expect(outcome).toMatchObject({ evidence: 'image', error: null });
  const at = requests.map((line) => Number.parseFloat(line));
  // The first gap of the schedule, longer than most loads, then shorter ones.
  expect((at[3] ?? 0) - (at[2] ?? 0)).toBe((at[1] ?? 0) - (at[0] ?? 0));
});

test.each([
  [402, 'Insufficient credits: the model is not available', 'payment_required'],
  [403, 'This model is not available on your plan', 'forbidden'],
])(
  'a refusal for good is one, though it speaks of the model: %i %s',
  async (status, message, code) => {
    const { outcome, requests } = await reload({ 'draw m': [apiError(status, message)] });
    expect(outcome.error?.code).toBe(code);
    expect(requests).toHaveLength(2);
  },
);

test('a 401 of an image request is retried once, because the key was accepted before', async () => {
  const { outcome, requests } = await reload({
    'draw m': [apiError(401, 'Invalid API key: model not loaded')],
  });
  expect(outcome).toMatchObject({ status: 'success', error: { code: 'unauthorized' } });
  expect(requests).toHaveLength(3);
});

test('a long signed URL is kept whole', async () => {
  const long = `${URL}?signature=${'a'.repeat(5000)}`;
  const { outcome } = await reload({ 'draw m': [{ body: { status: 'success', output: [long] } }] });
  expect(outcome.imageUrl).toBe(long);
});

test('no more than three pictures are ordered', async () => {
  const { requests } = await reload(
    { 'draw m': [ordered], 'fetch 7': [drawing] },
    { timeoutMs: 3_600_000 },
  );
  expect(requests.filter((line) => line.endsWith('draw m'))).toHaveLength(3);
});

test('what is ordered is the smallest documented picture, and the prompt can be set', async () => {
  const bodies: unknown[] = [];
  const clock = createVirtualClock();
  const client = createClient({
    apiKey: KEY,
    clock,
    transport: async ({ url, body }) => {
      if (url.endsWith('/text2img')) bodies.push(JSON.parse(body));
      return { status: 200, headers: {}, text: JSON.stringify(drawn.body) };
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

test('an empty account ends the whole list', async () => {
  const api = scriptedApi(
    { 'draw a': [apiError(402, 'Insufficient credits')] },
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
  'an id that is no part of a path is not fetched: %j',
  async (id) => {
    const { outcome, requests } = await reload({
      'draw m': [{ body: { status: 'processing', id, eta: 1 } }],
    });
    expect(outcome.error?.code).toBe('unexpected_response');
    expect(requests.map((line) => line.replace(/^\S+ /, ''))).toEqual([
      'm',
      'draw m',
      'draw m',
      'draw m',
    ]);
  },
);

test('an id with a slash stays one part of the path', async () => {
  const step: Step = { body: { status: 'processing', id: '../x?y', eta: 1 } };
  const { requests } = await reload({ 'draw m': [step], 'fetch ..%2Fx%3Fy': [drawn] });
  expect(requests.at(-1)).toBe('1 fetch ..%2Fx%3Fy');
});

const worlds = (['loaded', 'accepted', 'blocking'] as const).flatMap((meaning) =>
  (['harmless', 'refused', 'restarts'] as const).flatMap((repeat) =>
    (['error', 'queue', 'loads'] as const).map((drawUnloaded) => ({
      success: meaning,
      repeat,
      drawUnloaded,
    })),
  ),
);

// Here the picture knows what the reply alone cannot.
test.each(worlds)(
  'the world $success, $repeat, draws an unloaded model: $drawUnloaded',
  async (world) => {
    const clock = createVirtualClock();
    const emulator = createEmulator({ ...world, clock });
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
