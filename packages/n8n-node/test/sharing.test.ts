// Executions of one process share a client, its limits and its known state of the models.
import type { IDataObject } from 'n8n-workflow';
import { describe, expect, test } from 'vitest';

import { clock, fakeN8n, type FakeN8n } from './fake-n8n.ts';
import { execute, run, toOutcome } from './run-node.ts';

type Fake = NonNullable<Parameters<typeof fakeN8n>[0]>;

/** Creates executions of one account, each with its own parameters. */
function createExecutions(
  emulator: Fake['emulator'],
  executions: Array<IDataObject & { cancel?: AbortSignal; node?: Fake['node'] }>,
): FakeN8n[] {
  const account = fakeN8n({ emulator });
  return executions.map(({ cancel, node, ...parameters }) =>
    fakeN8n({
      sameAccountAs: account,
      parameters: [{ modelId: 'my-model', ...parameters }],
      onError: 'continueRegularOutput',
      cancel,
      node,
    }),
  );
}

/** Runs executions at the same time. */
const runAll = async (executions: FakeN8n[]) =>
  await clock.run(async () => {
    const items = await Promise.all(executions.map(execute));
    return items.flat().map(toOutcome);
  });

describe('Concurrent executions', () => {
  test('for one model send two requests, with the spam filter on, and all succeed.', async () => {
    const executions = createExecutions(
      { repeat: 'refused', loadTimeMs: 5000 },
      Array.from({ length: 30 }, () => ({})),
    );

    const outcomes = await runAll(executions);

    expect(outcomes.map(({ error, evidence }) => [error, evidence])).toEqual(
      outcomes.map(() => [null, 'change']),
    );
    expect(executions[0]?.emulator.requests).toHaveLength(2);
  });

  test('with different polling options do not share, and the spam filter rejects requests.', async () => {
    const executions = createExecutions({ repeat: 'refused', loadTimeMs: 5000 }, [
      {},
      { options: { retries: 4 } },
    ]);

    await runAll(executions);

    expect(executions[0]?.emulator.requests.length).toBeGreaterThan(2);
  });

  test('end by their own timeouts.', async () => {
    const executions = createExecutions({ loadTimeMs: 300_000 }, [
      { options: { timeout: 20 } },
      { options: { timeout: 50 } },
      {},
    ]);

    const outcomes = await runAll(executions);

    expect(outcomes.map(({ error, elapsedMs }) => [error?.code, elapsedMs])).toEqual([
      ['wait_timeout', 20_000],
      ['wait_timeout', 50_000],
      [undefined, expect.any(Number)],
    ]);
  });

  test('with other accounts do not share.', async () => {
    const executions = [fakeN8n(), fakeN8n()];

    await runAll(executions);

    for (const { emulator } of executions) expect(emulator.requests).toHaveLength(2);
  });
});

describe('An execution that is cancelled', () => {
  test('leaves immediately, and the others continue without another request.', async () => {
    const cancel = new AbortController();
    const executions = createExecutions({ loadTimeMs: 5000, repeat: 'refused' }, [
      { cancel: cancel.signal },
      {},
      {},
    ]);
    void clock.sleep(20_000).then(() => cancel.abort());

    const outcomes = await runAll(executions);

    expect(outcomes.map(({ error, elapsedMs }) => [error?.code, elapsedMs])).toEqual([
      ['aborted', 20_000],
      [undefined, expect.any(Number)],
      [undefined, expect.any(Number)],
    ]);
    expect(executions[0]?.emulator.requests).toHaveLength(2);
  });

  test('does not abort its request if others wait for the reply.', async () => {
    const cancel = new AbortController();
    const executions = createExecutions({ success: 'blocking', loadTimeMs: 60_000 }, [
      { cancel: cancel.signal },
      {},
    ]);
    void clock.sleep(20_000).then(() => cancel.abort());

    const outcomes = await runAll(executions);

    expect(outcomes.map(({ error, elapsedMs }) => [error?.code, elapsedMs])).toEqual([
      ['aborted', 20_000],
      [undefined, 60_000],
    ]);
    expect(executions[0]?.emulator.requests).toMatchObject([{ reply: 200 }]);
  });

  test('aborts its request if no other execution waits for the reply.', async () => {
    const cancel = new AbortController();
    const executions = createExecutions({ success: 'blocking', loadTimeMs: 60_000 }, [
      { cancel: cancel.signal },
      { modelId: 'other-model' },
    ]);
    void clock.sleep(20_000).then(() => cancel.abort());

    await runAll(executions);

    expect(executions[0]?.emulator.requests).toMatchObject([
      { modelId: 'my-model', reply: 'aborted' },
      { modelId: 'other-model', reply: 200 },
    ]);
  });
});

describe('A later execution', () => {
  test('reuses a success that is more recent than the interval.', async () => {
    const [first, second] = createExecutions({}, [{}, {}]);
    if (!first || !second) throw new Error('Two executions were created.');
    await run(first);

    const [item] = await run(second);

    expect(item?.json).toMatchObject({ requests: 0, status: 'success', error: null });
  });

  test.each([
    [3600, 0],
    [60, 1],
    [0, 1],
    [undefined, 1],
  ])('with a Max Age of %s s sends %i requests after half an hour.', async (maxAge, requests) => {
    const [first, second] = createExecutions({}, [{}, { options: { maxAge } }]);
    if (!first || !second) throw new Error('Two executions were created.');
    await run(first);
    await clock.run(async () => await clock.sleep(1_800_000));

    const [item] = await run(second);

    expect(item?.json).toMatchObject({ requests, status: 'success', error: null });
  });

  test('continues the wait of one that ended when the API accepted the request.', async () => {
    const [first, second] = createExecutions({ repeat: 'refused' }, [{ until: 'accepted' }, {}]);
    if (!first || !second) throw new Error('Two executions were created.');
    await run(first);
    await clock.run(async () => await clock.sleep(130_000));

    const [item] = await run(second);

    expect(item?.json).toMatchObject({
      requests: 1,
      evidence: 'change',
      firstStatus: 'processing',
    });
  });

  test('does not reuse a success if the credential has a new key.', async () => {
    const [first, second] = createExecutions({ repeat: 'harmless' }, [{}, {}]);
    if (!first || !second) throw new Error('Two executions were created.');
    await run(first);
    first.credential.apiKey = 'another-key';

    const [item] = await run(second);

    expect(item?.json).toMatchObject({ requests: 1, error: { code: 'unauthorized' } });
  });
});

describe('An execution that has ended', () => {
  const refused = () => Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
  const cancelled = () => {
    const cancel = new AbortController();
    void clock.sleep(1000).then(() => cancel.abort());
    return { cancel: cancel.signal };
  };
  const ends: [string, () => Fake][] = [
    ['a success', () => ({})],
    ['a failure', () => ({ thrown: refused })],
    [
      'a failure that it continues after',
      () => ({ thrown: refused, onError: 'continueErrorOutput' }),
    ],
    ['a cancellation', cancelled],
  ];

  test.each(
    (['reload', 'getMany'] as const).flatMap((operation) =>
      ends.map(([end, create]) => [operation, end, create] as const),
    ),
  )('does not send a request of a later one, after %s and %s.', async (operation, _, create) => {
    const emulator = { latencyMs: 5000 };
    const { first, second } = await clock.run(async () => {
      const ending = fakeN8n({ operation, emulator, ...create() });
      await execute(ending).catch(() => {});
      const parameters = [{ modelId: 'other-model' }];
      return { first: ending, second: fakeN8n({ sameAccountAs: ending, parameters }) };
    });
    const sent = first.sent.length;

    await run(second);

    expect([sent > 0, first.sent.length - sent, second.sent.length]).toEqual([true, 0, 2]);
  });
});

describe('Retry On Fail', () => {
  test('does not request models again that succeeded in the failed try.', async () => {
    const models = ['a', 'b', 'not-found'].map((modelId) => ({ modelId }));
    const n8n = fakeN8n({ parameters: models, node: { retryOnFail: true } });
    await expect(run(n8n)).rejects.toThrow('not-found');
    const sent = n8n.sent.length;
    await clock.run(async () => await clock.sleep(60_000));

    await expect(run(n8n)).rejects.toThrow('not-found');

    const bodies = n8n.sent.slice(sent).map(({ body }) => (body as IDataObject).model_id);
    expect(bodies).toEqual(['not-found']);
  });

  test.each([10, 0, '0'])('does not override the Max Age %j.', async (maxAge) => {
    const n8n = fakeN8n({
      parameters: [{ modelId: 'a', options: { maxAge } }],
      node: { retryOnFail: true },
    });
    await run(n8n);
    await clock.run(async () => await clock.sleep(60_000));

    expect(await run(n8n)).toMatchObject([{ json: { requests: 1 } }]);
  });
});
