import type { Outcome } from '@modelslab-reload/core/engine';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';
import { describe, expect, it, vi } from 'vitest';

import { ModelsLabReload } from '../nodes/ModelsLabReload/ModelsLabReload.node.ts';
import { clock, fakeN8n, KEY } from './fake-n8n.ts';

vi.mock('n8n-workflow', async (original: () => Promise<object>) =>
  (await import('./fake-n8n.ts')).withVirtualTime(original),
);

const run = async (n8n: ReturnType<typeof fakeN8n>) =>
  await clock.run(async () => (await new ModelsLabReload().execute.call(n8n.execute))[0] ?? []);

const outcomesOf = async (n8n: ReturnType<typeof fakeN8n>) =>
  (await run(n8n)).map(({ json }) => json as unknown as Outcome);

describe('an item', () => {
  it('becomes the outcome of its model, paired with it', async () => {
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

  it('ends at once when the call was accepted, where that is asked for', async () => {
    const n8n = fakeN8n({ parameters: [{ modelId: 'my-model', until: 'accepted' }] });

    expect(await outcomesOf(n8n)).toMatchObject([
      { status: 'processing', requests: 1, elapsedMs: 0, error: null },
    ]);
  });

  it('has a picture drawn, where that is asked for', async () => {
    const n8n = fakeN8n({ parameters: [{ modelId: 'my-model', until: 'image' }] });

    expect(await outcomesOf(n8n)).toMatchObject([
      { status: 'success', evidence: 'image', imageUrl: expect.stringMatching(/^https:/) },
    ]);
  });

  it.each([
    ['a number', 42, '42'],
    ['blanks around it', ' my-model\n', 'my-model'],
  ])('may have %s as its id', async (_, modelId, asked) => {
    const n8n = fakeN8n({ parameters: [{ modelId, until: 'accepted' }] });

    await run(n8n);

    expect(n8n.emulator.requests.map((request) => request.modelId)).toEqual([asked]);
  });
});

describe('items', () => {
  it('run together, not one after another', async () => {
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

  it('with the same model share one asking', async () => {
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

  it('with other options go one group after another, and come out in their own order', async () => {
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
    expect(n8n.emulator.requests.map(({ modelId }) => modelId)).toEqual([
      'a',
      'c',
      'a',
      'c',
      'b',
      'b',
    ]);
  });
});

describe('options', () => {
  it('are seconds, and reach the core', async () => {
    const options = { timeout: 5, pollInterval: 0.5 };
    const n8n = fakeN8n({
      parameters: [{ modelId: 'always-processing', options }],
      onError: 'continueRegularOutput',
    });

    expect(await outcomesOf(n8n)).toMatchObject([
      { requests: 10, elapsedMs: 5000, error: { code: 'wait_timeout' } },
    ]);
  });

  it('bound each request, also in n8n, whose own limit is 300 s', async () => {
    const options = { requestTimeout: 400, retries: 0 };
    const n8n = fakeN8n({
      parameters: [{ modelId: 'hangs', options: { ...options, timeout: 1000 } }],
      onError: 'continueRegularOutput',
    });

    expect(await outcomesOf(n8n)).toMatchObject([
      { elapsedMs: 400_000, error: { code: 'request_timeout' } },
    ]);
    expect(n8n.sent[0]?.timeout).toBeGreaterThan(400_000);
  });

  it.each([
    ['timeout', 0, 'Timeout must be a number of seconds above 0 and up to 24 days, not 0.'],
    [
      'timeout',
      'soon',
      'Timeout must be a number of seconds above 0 and up to 24 days, not "soon".',
    ],
    ['timeout', 3e6, 'Timeout must be a number of seconds above 0 and up to 24 days, not 3000000.'],
    [
      'pollInterval',
      -1,
      'Poll Interval must be a number of seconds above 0 and up to 24 days, not -1.',
    ],
    [
      'requestTimeout',
      {},
      'Request Timeout must be a number of seconds above 0 and up to 24 days, not {}.',
    ],
    ['retries', 1.5, 'Retries must be a whole number of at least 0, not 1.5.'],
    ['concurrency', 0, 'Concurrency must be a whole number of at least 1, not 0.'],
  ])('%s: %j is refused before anything is sent', async (name, value, message) => {
    const n8n = fakeN8n({ parameters: [{ modelId: 'a', options: { [name]: value } }] });

    const running = run(n8n);

    await expect(running).rejects.toBeInstanceOf(NodeOperationError);
    await expect(running).rejects.toMatchObject({ message, context: { itemIndex: 0 } });
    expect(n8n.sent).toEqual([]);
  });

  it('that an expression leaves empty are as if they were not set', async () => {
    const n8n = fakeN8n({
      parameters: [{ modelId: 'a', options: { timeout: '', retries: null } }],
    });

    expect(await outcomesOf(n8n)).toMatchObject([{ status: 'success' }]);
  });

  it('Wait Until takes only what the panel offers', async () => {
    const n8n = fakeN8n({ parameters: [{ modelId: 'a', until: 'loaded' }] });

    await expect(run(n8n)).rejects.toThrow(
      "Wait Until must be 'accepted', 'success' or 'image', not \"loaded\".",
    );
  });
});

describe('a failure', () => {
  const parameters = ['a', 'not-found', 'b', 'http-200-error'].map((modelId) => ({ modelId }));

  it('is thrown when all have ended, with the model, what the API said, what to do, and the item', async () => {
    const n8n = fakeN8n({ parameters });

    const running = run(n8n);

    await expect(running).rejects.toBeInstanceOf(NodeApiError);
    await expect(running).rejects.toMatchObject({
      message: expect.stringMatching(/^not-found: Model not found/),
      description: expect.stringMatching(
        /list of trained models .*\. Failed as well: http-200-error\.$/,
      ),
      httpCode: '404',
      context: { itemIndex: 1 },
    });
    expect(n8n.emulator.isLoaded('a') && n8n.emulator.isLoaded('b')).toBe(true);
  });

  it("goes on as the outcome with 'continue'", async () => {
    const n8n = fakeN8n({ parameters, onError: 'continueRegularOutput' });

    const outcomes = await outcomesOf(n8n);

    expect(outcomes.map(({ modelId, error }) => [modelId, error?.code])).toEqual([
      ['a', undefined],
      ['not-found', 'model_not_found'],
      ['b', undefined],
      ['http-200-error', 'api_error'],
    ]);
  });

  it('goes to the error output as an item with nothing but the error, the outcome inside', async () => {
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

  it('of an expression stops before anything is sent, or goes on for its item alone', async () => {
    const broken = { modelId: new Error('Node "Sheet" has not been executed') };
    const withBroken = [{ modelId: 'a', until: 'accepted' }, broken] as never[];

    const stopped = fakeN8n({ parameters: withBroken });
    await expect(run(stopped)).rejects.toMatchObject({
      message: 'Node "Sheet" has not been executed',
      context: { itemIndex: 1 },
    });
    expect(stopped.sent).toEqual([]);

    const goesOn = fakeN8n({ parameters: withBroken, onError: 'continueRegularOutput' });
    expect(await outcomesOf(goesOn)).toMatchObject([
      { modelId: 'a', error: null },
      { modelId: '', error: { code: 'invalid_argument' } },
    ]);
  });

  it.each([
    ['', 'A model id is empty.'],
    [null, 'A model id is empty.'],
    [{ id: 'a' }, 'Model must be the ID of a model, not {"id":"a"}.'],
  ])('of the model id %j says what is wrong with it', async (modelId, message) => {
    const n8n = fakeN8n({ parameters: [{ modelId }] });

    await expect(run(n8n)).rejects.toThrow(message);
    expect(n8n.sent).toEqual([]);
  });

  it('of the network keeps our sentence, where n8n would put its own', async () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED 10.0.0.1:443'), {
      code: 'ECONNREFUSED',
    });
    const n8n = fakeN8n({ thrown: () => new NodeApiError(fakeN8n().node, refused as never) });

    await expect(run(n8n)).rejects.toMatchObject({
      message: 'my-model: The request failed: connect ECONNREFUSED 10.0.0.1:443',
      description: expect.stringContaining('Check the network'),
    });
  });

  it('of the credential is every item’s', async () => {
    const n8n = fakeN8n({
      parameters,
      credential: { baseUrl: 'http://example.com' },
      onError: 'continueRegularOutput',
    });

    const outcomes = await outcomesOf(n8n);

    expect(outcomes.map(({ modelId, error }) => [modelId, error?.code])).toEqual(
      parameters.map(({ modelId }) => [modelId, 'invalid_argument']),
    );
    expect(outcomes[0]?.error?.message).toContain('unencrypted');
    expect(n8n.sent).toEqual([]);
  });
});

describe('cancelling the execution', () => {
  it('ends the waiting and the open request at once, and sends nothing more', async () => {
    const cancel = new AbortController();
    const n8n = fakeN8n({
      parameters: [
        { modelId: 'a' },
        { modelId: 'hangs' },
        { modelId: 'b', options: { retries: 1 } },
      ],
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
    expect(n8n.emulator.requests.map(({ modelId }) => modelId)).toEqual(['a', 'hangs']);
  });
});

describe('a request', () => {
  it('has the key in its body and nowhere else, follows no redirect and takes any status', async () => {
    const n8n = fakeN8n({
      parameters: [{ modelId: 'redirects' }],
      onError: 'continueRegularOutput',
    });

    expect(await outcomesOf(n8n)).toMatchObject([{ error: { code: 'unexpected_response' } }]);

    const [{ body, ...rest } = {}] = n8n.sent;
    expect(body).toEqual({ key: KEY, model_id: 'redirects' });
    expect(JSON.stringify(rest)).not.toContain(KEY);
    expect(rest).toMatchObject({
      method: 'POST',
      url: 'https://modelslab.com/api/v6/images/model_reload',
      returnFullResponse: true,
      ignoreHttpStatusErrors: true,
      disableFollowRedirect: true,
      encoding: 'text',
    });
  });

  it('is refused where its reply is larger than any of the API', async () => {
    const text = JSON.stringify({ status: 'success', message: 'a'.repeat(1024 * 1024) });
    const n8n = fakeN8n({
      emulator: { intercept: () => ({ status: 200, headers: {}, text }) },
      onError: 'continueRegularOutput',
    });

    expect(await outcomesOf(n8n)).toMatchObject([
      { requests: 1, error: { code: 'unexpected_response' } },
    ]);
  });

  it('ends at the deadline, though n8n sets a signal of its own', async () => {
    const n8n = fakeN8n({
      parameters: [{ modelId: 'drips', options: { timeout: 3 } }],
      onError: 'continueRegularOutput',
      cancel: new AbortController().signal,
    });

    await run(n8n);

    expect(n8n.emulator.requests).toMatchObject([{ modelId: 'drips', reply: 'aborted' }]);
  });
});

describe('the key', () => {
  it.each(['stopWorkflow', 'continueRegularOutput', 'continueErrorOutput'] as const)(
    'shows nowhere with %s, though the API echoes it in every spelling',
    async (onError) => {
      const n8n = fakeN8n({
        parameters: [{ modelId: 'echoes-key', options: { retries: 0 } }],
        onError,
      });

      const result: unknown = await run(n8n).catch((error: unknown) => error);

      const shown = JSON.stringify(result) + JSON.stringify(describeAll(result));
      expect(shown).toContain('[redacted]');
      for (const spelling of [KEY, encodeURIComponent(KEY), btoa(KEY)]) {
        expect(shown).not.toContain(spelling);
      }
    },
  );

  it('shows nowhere when somebody gives it as a model id', async () => {
    const n8n = fakeN8n({ parameters: [{ modelId: KEY }], onError: 'continueRegularOutput' });

    const shown = JSON.stringify(await run(n8n));

    expect(shown).toContain('API key');
    expect(shown).not.toContain(KEY);
  });
});

/** Everything that an error holds, also what JSON leaves out. */
function describeAll(value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  const own = Object.getOwnPropertyNames(value).map((name) => [name, Reflect.get(value, name)]);
  return { ...Object.fromEntries(own), cause: describeAll(value.cause) };
}
