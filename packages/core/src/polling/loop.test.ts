import { createVirtualClock } from '@modelslab-reload/emulator';
import { describe, expect, test } from 'vitest';
import { apiError, processing, scriptedApi, success, type Step } from '../../test/scripted-api.ts';
import { createClient } from '../engine.ts';
import type { Outcome } from '../outcome.ts';

/** Two models that are asked about again at the same moment, with one place for both. */
async function standInLine(second: Step) {
  const api = scriptedApi(
    { a: [processing, { ...second, after: 5000 }, success], b: [processing, success] },
    { pollIntervalMs: 40_000, concurrency: 1 },
  );
  const outcomes: Record<string, Outcome> = {};
  await api.run(async () => {
    for await (const outcome of api.client.reloadMany(['a', 'b'])) {
      outcomes[outcome.modelId] = outcome;
    }
  });
  return { outcomes, asked: api.requests.map(({ id, at }) => `${at} ${id}`) };
}

describe('a request that stands in line', () => {
  test('is not sent when the run is stopped meanwhile', async () => {
    const { outcomes, asked } = await standInLine(apiError(401, 'Invalid API key'));
    expect(asked).toEqual(['0 a', '0 b', '40 a']);
    expect(outcomes.b).toMatchObject({ requests: 1, error: { code: 'unauthorized' } });
  });

  test('waits when the run is paused meanwhile', async () => {
    const full = apiError(429, 'Rate limit exceeded', { retry_after: 60 });
    const { outcomes, asked } = await standInLine(full);
    expect(asked).toEqual(['0 a', '0 b', '40 a', '105 a', '105 b']);
    expect(outcomes.b).toMatchObject({ requests: 2, error: null });
  });

  test('is sent as soon as there is a place', async () => {
    const { asked } = await standInLine(success);
    expect(asked).toEqual(['0 a', '0 b', '40 a', '45 b']);
  });
});

test('a transport is told why its request ends', async () => {
  const clock = createVirtualClock();
  const reasons: unknown[] = [];
  const client = createClient({
    apiKey: 'demo-key',
    clock,
    maxRetries: 0,
    async transport(_, signal) {
      await clock.sleep(Infinity, signal);
      reasons.push(signal.reason);
      throw signal.reason;
    },
  });
  await expect(clock.run(() => client.reload('a'))).rejects.toMatchObject({
    code: 'request_timeout',
    message: 'a: No whole reply within 2m 30s',
  });
  expect(reasons).toMatchObject([{ name: 'AbortError', message: 'The request is over.' }]);
});
