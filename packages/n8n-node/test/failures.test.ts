import { initialOutcome } from '@modelslab-reload/core/engine';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';
import { describe, expect, test } from 'vitest';

import { createResults } from '../nodes/ModelsLabReload/resources/model/results.ts';
import { toOutcomeError } from '../nodes/ModelsLabReload/shared/errors.ts';
import { fakeN8n } from './fake-n8n.ts';
import { outcomesOf, run } from './run-node.ts';

const parameters = ['a', 'not-found', 'b', 'http-200-error'].map((modelId) => ({ modelId }));

describe('A failed model', () => {
  test('fails the execution after all models have ended, with its item, message and hint.', async () => {
    const n8n = fakeN8n({ parameters });

    const running = run(n8n);

    await expect(running).rejects.toBeInstanceOf(NodeApiError);
    await expect(running).rejects.toMatchObject({
      message: expect.stringMatching(/^not-found: Model not found/),
      description: expect.stringMatching(
        / trained models .*\. Get Many lists them\. Failed as well: http-200-error\.$/,
      ),
      httpCode: '404',
      context: { itemIndex: 1 },
    });
    expect(n8n.emulator.isLoaded('a') && n8n.emulator.isLoaded('b')).toBe(true);
  });

  test.each([
    [1, ''],
    [2, 'Failed as well: m2.'],
    [6, 'Failed as well: m2, m3, m4, m5, m6.'],
    [7, 'Failed as well: m2, m3, m4, m5, m6 and 1 more.'],
    [9, 'Failed as well: m2, m3, m4, m5, m6 and 3 more.'],
  ])('of %i lists at most five others: %j', async (count, others) => {
    const text = '{"status":"error","message":"Model not found"}';
    const ids = Array.from({ length: count }, (_, index) => ({ modelId: `m${index + 1}` }));
    const n8n = fakeN8n({
      // The first model fails in two items, but is listed once.
      parameters: [...ids, { modelId: 'm1' }],
      emulator: { intercept: () => ({ status: 404, headers: {}, text }) },
    });

    const error = await run(n8n).catch((caught: unknown) => caught);

    expect(error).toMatchObject({ message: 'm1: Model not found', context: { itemIndex: 0 } });
    const { description } = error as NodeApiError;
    expect(/Failed as well.*$/.exec(description ?? '')?.[0] ?? '').toBe(others);
  });

  test('is an item with its error if the node continues.', async () => {
    const n8n = fakeN8n({ parameters, onError: 'continueRegularOutput' });

    const outcomes = await outcomesOf(n8n);

    expect(outcomes.map(({ modelId, error }) => [modelId, error?.code])).toEqual([
      ['a', undefined],
      ['not-found', 'model_not_found'],
      ['b', undefined],
      ['http-200-error', 'api_error'],
    ]);
    expect(outcomes[1]?.error?.hint).toContain('Get Many');
  });

  test('is an item with only the error if the node has an error output.', async () => {
    const n8n = fakeN8n({ parameters, onError: 'continueErrorOutput' });

    const items = await run(n8n);

    expect(Object.keys(items[1]?.json ?? {})).toEqual(['error']);
    expect(items[1]).toMatchObject({
      json: {
        error: { code: 'model_not_found', httpStatus: 404, outcome: { modelId: 'not-found' } },
      },
      pairedItem: { item: 1 },
    });
    expect(items[0]?.json).toMatchObject({ modelId: 'a', error: null });
  });
});

describe('An expression that fails', () => {
  const broken = { modelId: new Error('Node "Sheet" has not been executed') };
  const withBroken = [{ modelId: 'a', until: 'accepted' }, broken] as never[];

  test('stops the workflow before anything is sent.', async () => {
    const n8n = fakeN8n({ parameters: withBroken });

    await expect(run(n8n)).rejects.toMatchObject({
      message: 'Node "Sheet" has not been executed',
      context: { itemIndex: 1 },
    });
    expect(n8n.sent).toEqual([]);
  });

  test('in several items reports the first item, without a model, because none is known.', async () => {
    const n8n = fakeN8n({ parameters: [broken, broken] as never[] });

    const error = await run(n8n).catch((caught: unknown) => caught);

    expect(error).toMatchObject({ context: { itemIndex: 0 } });
    expect((error as NodeOperationError).description).not.toContain('Failed as well');
  });

  test("has n8n's description as its hint, in one clean line.", async () => {
    const { node } = fakeN8n();
    const description = 'Execute the node "Sheet" first';
    const thrown = new NodeOperationError(node, 'Not executed:\n\u001b[31mSheet', { description });
    const n8n = fakeN8n({
      parameters: [{ modelId: thrown }] as never[],
      onError: 'continueRegularOutput',
    });

    expect(await outcomesOf(n8n)).toMatchObject([
      { error: { message: 'Not executed: [31mSheet', hint: description } },
    ]);
  });

  test('fails only its item if the node continues.', async () => {
    const n8n = fakeN8n({ parameters: withBroken, onError: 'continueRegularOutput' });

    expect(await outcomesOf(n8n)).toMatchObject([
      { modelId: 'a', error: null },
      { modelId: '', error: { code: 'invalid_argument' } },
    ]);
  });
});

test('A refused connection keeps its message, which n8n would replace.', async () => {
  const refused = Object.assign(new Error('connect ECONNREFUSED 10.0.0.1:443'), {
    code: 'ECONNREFUSED',
  });
  const n8n = fakeN8n({ thrown: () => new NodeApiError(fakeN8n().node, refused as never) });

  await expect(run(n8n)).rejects.toMatchObject({
    message: 'my-model: The request failed: connect ECONNREFUSED 10.0.0.1:443',
    description: expect.stringContaining('Check the network'),
    httpCode: null,
  });
});

test('A hint of the API is passed on unchanged.', async () => {
  const text = '{"status":"error","message":"Model not found","tips":"Use the public id"}';
  const n8n = fakeN8n({ emulator: { intercept: () => ({ status: 404, headers: {}, text }) } });

  await expect(run(n8n)).rejects.toMatchObject({ description: 'Use the public id' });
});

test('An exception for one of several models does not lose the known outcomes.', async () => {
  const results = createResults(fakeN8n({ onError: 'continueRegularOutput' }).execute);

  await results.attempt(
    [
      ['a', [0]],
      ['b', [1]],
    ],
    () => {
      results.set(0, initialOutcome('a', 0));
      throw new Error('URI malformed');
    },
  );

  expect(results.toItems()).toMatchObject([
    { json: { modelId: 'a', error: null } },
    { json: { modelId: 'b', error: { message: 'URI malformed' } } },
  ]);
});

test('An exception of n8n before the first request is the error of every item.', async () => {
  const n8n = fakeN8n({ parameters, onError: 'continueRegularOutput' });
  n8n.execute.getExecutionCancelSignal = () => {
    throw new Error('No access');
  };

  const outcomes = await outcomesOf(n8n);

  expect(outcomes.map(({ modelId, error }) => [modelId, error?.message])).toEqual(
    parameters.map(({ modelId }) => [modelId, 'No access']),
  );
});

test.each([
  [null, false],
  ['The model is gone.', true],
])('Results with the error %j have a failure: %j.', (message, expected) => {
  const results = createResults(fakeN8n().execute);
  const error = message === null ? null : toOutcomeError(new Error(message), '');

  results.set(0, { ...initialOutcome('a', 0), error });

  expect(results.hasFailure()).toBe(expected);
});

describe('An invalid credential', () => {
  const credential = { baseUrl: 'http://example.com' };

  test('fails every item before anything is sent.', async () => {
    const n8n = fakeN8n({ parameters, credential, onError: 'continueRegularOutput' });

    const outcomes = await outcomesOf(n8n);

    expect(outcomes).toHaveLength(parameters.length);
    for (const { error } of outcomes) {
      expect(error).toMatchObject({
        code: 'invalid_argument',
        message: expect.stringContaining('unencrypted'),
      });
    }
    expect(n8n.sent).toEqual([]);
  });

  test('fails the execution.', async () => {
    await expect(run(fakeN8n({ parameters, credential }))).rejects.toMatchObject({
      message: expect.stringMatching(
        /^Base URL "http:\/\/example\.com" would send the API key unencrypted/,
      ),
      description: expect.stringContaining('set Allow Insecure HTTP'),
    });
  });

  test.each([['true'], [1], [undefined]])(
    'has %j instead of true as Allow Insecure HTTP.',
    async (allowInsecureHttp) => {
      const n8n = fakeN8n({ credential: { ...credential, allowInsecureHttp } });

      await expect(run(n8n)).rejects.toThrow('unencrypted');
    },
  );

  test('works if it allows insecure HTTP.', async () => {
    const n8n = fakeN8n({ credential: { ...credential, allowInsecureHttp: true } });

    expect(await outcomesOf(n8n)).toMatchObject([{ status: 'success' }]);
    expect(n8n.sent[0]?.url).toMatch(/^http:\/\/example\.com\//);
  });
});
