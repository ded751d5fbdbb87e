import { describe, expect, test } from 'vitest';

import { clock, fakeN8n, wallClock } from './fake-n8n.ts';
import { outcomesOf, run } from './run-node.ts';

describe('One item', () => {
  test('becomes the outcome of its model, paired with the item.', async () => {
    const n8n = fakeN8n({ parameters: [{ modelId: 'my-model' }] });

    const items = await run(n8n);

    expect(items).toEqual([
      {
        json: {
          modelId: 'my-model',
          status: 'success',
          evidence: 'change',
          imageUrl: null,
          message: 'Model reloaded',
          firstStatus: 'processing',
          lastStatus: 'success',
          requests: 2,
          startedAt: expect.any(String),
          repliedAt: expect.any(String),
          elapsedMs: expect.any(Number),
          error: null,
        },
        pairedItem: { item: 0 },
      },
    ]);
  });

  test('ends when the API accepts the request, if Wait Until is Accepted.', async () => {
    const n8n = fakeN8n({ parameters: [{ modelId: 'my-model', until: 'accepted' }] });

    expect(await outcomesOf(n8n)).toMatchObject([
      { status: 'processing', requests: 1, elapsedMs: 0, error: null },
    ]);
  });

  test('ends with an image, if Wait Until is Image Generated.', async () => {
    const n8n = fakeN8n({ parameters: [{ modelId: 'my-model', until: 'image' }] });

    expect(await outcomesOf(n8n)).toMatchObject([
      { status: 'success', evidence: 'image', imageUrl: expect.stringMatching(/^https:/) },
    ]);
  });
});

test.each([[undefined], [{}]])(
  'A node whose credentials are %j also reloads.',
  async (credentials) => {
    const n8n = fakeN8n({ node: { credentials } });

    expect(await outcomesOf(n8n)).toMatchObject([{ status: 'success', error: null }]);
  },
);

describe('Several items', () => {
  test('run side by side.', async () => {
    const n8n = fakeN8n({ parameters: ['a', 'b', 'c'].map((modelId) => ({ modelId })) });
    const startedAt = clock.now();

    const outcomes = await outcomesOf(n8n);

    expect(outcomes.map(({ modelId, status }) => [modelId, status])).toEqual([
      ['a', 'success'],
      ['b', 'success'],
      ['c', 'success'],
    ]);
    expect(clock.now() - startedAt).toBeLessThan(240_000);
  });

  test('with the same model share its requests.', async () => {
    const parameters = ['a', 'b', 'a'].map((modelId) => ({ modelId, until: 'accepted' }));
    const n8n = fakeN8n({ parameters });

    const items = await run(n8n);

    expect(items.map(({ json, pairedItem }) => [json.modelId, pairedItem])).toEqual([
      ['a', { item: 0 }],
      ['b', { item: 1 }],
      ['a', { item: 2 }],
    ]);
    expect(n8n.emulator.requests).toHaveLength(2);
  });

  test('that differ only in Wait Until or Timeout still run side by side.', async () => {
    const n8n = fakeN8n({
      parameters: [
        { modelId: 'a' },
        { modelId: 'b', until: 'accepted' },
        { modelId: 'c', options: { timeout: 500 } },
      ],
    });
    const startedAt = clock.now();

    const outcomes = await outcomesOf(n8n);

    expect(outcomes.map(({ modelId, error }) => [modelId, error])).toEqual([
      ['a', null],
      ['b', null],
      ['c', null],
    ]);
    expect(clock.now() - startedAt).toBeLessThan(240_000);
  });

  test('with other polling options run one group after another, and are returned in their order.', async () => {
    const n8n = fakeN8n({
      parameters: [
        { modelId: 'a', options: { pollInterval: 200 } },
        { modelId: 'b' },
        { modelId: 'c', options: { pollInterval: 200 } },
      ],
    });

    const outcomes = await outcomesOf(n8n);

    expect(outcomes.map(({ modelId, requests }) => [modelId, requests])).toEqual([
      ['a', 2],
      ['b', 2],
      ['c', 2],
    ]);
    expect(outcomes[0]?.elapsedMs).toBe(200_000);
    const requested = n8n.emulator.requests.map(({ modelId }) => modelId ?? '');
    // The polls of a and c are due at the same time, in any order.
    expect([requested.slice(0, 2), requested.slice(2, 4).toSorted(), requested.slice(4)]).toEqual([
      ['a', 'c'],
      ['a', 'c'],
      ['b', 'b'],
    ]);
  });
});

test('A cancelled execution ends immediately, aborts its open request and sends no more.', async () => {
  const cancel = new AbortController();
  const n8n = fakeN8n({
    parameters: [{ modelId: 'a' }, { modelId: 'hangs' }, { modelId: 'b', options: { retries: 1 } }],
    onError: 'continueRegularOutput',
    cancel: cancel.signal,
  });
  const startedAt = clock.now();
  void clock.sleep(20_000).then(() => cancel.abort());

  const outcomes = await outcomesOf(n8n);

  expect(outcomes.map(({ modelId, error }) => [modelId, error?.code])).toEqual([
    ['a', 'aborted'],
    ['hangs', 'aborted'],
    ['b', 'aborted'],
  ]);
  expect(clock.now() - startedAt).toBe(20_000);
  expect(n8n.emulator.requests).toMatchObject([
    { modelId: 'a', reply: 200 },
    { modelId: 'hangs', reply: 'aborted' },
  ]);
});

test.each([
  ['back', -3_600_000],
  ['forward', 3_600_000],
])('A wall clock that is set %s an hour during a wait has no effect.', async (_, shiftMs) => {
  const n8n = fakeN8n({ parameters: [{ modelId: 'a', options: { timeout: 300 } }] });
  void clock.sleep(20_000).then(() => Object.assign(wallClock, { shiftMs }));

  const [outcome] = await outcomesOf(n8n);

  wallClock.shiftMs = 0;
  expect(outcome).toMatchObject({ status: 'success', requests: 2, error: null });
  expect(outcome?.elapsedMs).toBeLessThan(150_000);
});
