import { OPTION_SPECS } from '@modelslab-reload/core/engine';
import { NodeOperationError } from 'n8n-workflow';
import { describe, expect, test } from 'vitest';

import { fakeN8n } from './fake-n8n.ts';
import { outcomesOf, run } from './run-node.ts';

describe('Model', () => {
  test.each([
    ['a number', 42, '42'],
    ['zero', 0, '0'],
    ['spaces around it', ' my-model\n', 'my-model'],
    ['a slash, dots and dashes', 'owner/my_model-1.5', 'owner/my_model-1.5'],
  ])('accepts an id with %s.', async (_, modelId, sent) => {
    const n8n = fakeN8n({ parameters: [{ modelId, until: 'accepted' }] });

    await run(n8n);

    expect(n8n.emulator.requests.map((request) => request.modelId)).toEqual([sent]);
  });

  test.each([
    ['', 'Model is empty.'],
    [' \n', 'Model is empty.'],
    [null, 'Model is empty.'],
    [undefined, 'Model is empty.'],
    [NaN, 'Model must be text or a whole number up to 9007199254740991, not NaN.'],
    [1e21, 'Model must be text or a whole number up to 9007199254740991, not 1e+21.'],
    [2 ** 53, 'Model must be text or a whole number up to 9007199254740991, not 9007199254740992.'],
    [-1, 'Model must be text or a whole number up to 9007199254740991, not -1.'],
    [1.5, 'Model must be text or a whole number up to 9007199254740991, not 1.5.'],
    ['undefined', 'Model must be the ID of a model, not "undefined".'],
    ['null', 'Model must be the ID of a model, not "null".'],
    ['NaN', 'Model must be the ID of a model, not "NaN".'],
    ['[object Object]', 'Model must be the ID of a model, not "[object Object]".'],
    [true, 'Model must be the ID of a model, not true.'],
    [{ id: 'a' }, 'Model must be the ID of a model, not {"id":"a"}.'],
    [() => 'a', 'Model must be the ID of a model, not a function.'],
    ['"a"', 'The model id "\\"a\\"" has a quote at character 1 (U+0022).'],
    ['["a"]', 'The model id "[\\"a\\"]" has a bracket at character 1 (U+005B).'],
    ['my model', 'The model id "my model" has whitespace at character 3 (U+0020).'],
    ['a\u0000b', 'The model id "a\\u0000b" has an invisible character at character 2 (U+0000).'],
    [['a', 'b'], 'Model must be the ID of one model, not a list: ["a","b"].'],
    [[], 'Model must be the ID of one model, not a list: [].'],
    ['["a","b"]', 'Model must be the ID of one model, not a list: "[\\"a\\",\\"b\\"]".'],
    ['a, b', 'Model must be the ID of one model, not a list: "a, b".'],
    ['a;b', 'Model must be the ID of one model, not a list: "a;b".'],
    ['a\nb', 'Model must be the ID of one model, not a list: "a\\nb".'],
  ])(
    '%j is rejected before anything is sent, even for other items: %s',
    async (modelId, message) => {
      const n8n = fakeN8n({ parameters: [{ modelId: 'fine' }, { modelId }] as never[] });

      const running = run(n8n);

      await expect(running).rejects.toBeInstanceOf(NodeOperationError);
      await expect(running).rejects.toMatchObject({
        message,
        description: expect.stringMatching(/^(?:Correct|Split|Pass) /),
        context: { itemIndex: 1 },
      });
      expect(n8n.sent).toEqual([]);
    },
  );

  test.each([[['a', 'b']], ['a,b'], ['a\nb']])(
    '%j is rejected with the advice to split it.',
    async (modelId) => {
      const n8n = fakeN8n({ parameters: [{ modelId }] });

      await expect(run(n8n)).rejects.toMatchObject({
        description: expect.stringContaining('Split Out node'),
      });
    },
  );

  test('shows a value of up to 80 characters completely.', async () => {
    // It has 80 characters, including the quotes.
    const modelId = 'a,'.padEnd(78, 'b');

    await expect(run(fakeN8n({ parameters: [{ modelId }] }))).rejects.toThrow(`"${modelId}".`);
  });

  test('shows only the beginning of a long value.', async () => {
    const n8n = fakeN8n({ parameters: [{ modelId: Array.from({ length: 10_000 }, () => 'a') }] });

    const error = await run(n8n).catch((caught: unknown) => caught);

    expect(error).toMatchObject({ message: expect.stringMatching(/^.{100,200}…\.$/) });
  });
});

describe('Options', () => {
  test('are seconds and apply to the wait.', async () => {
    const options = { timeout: 5, pollInterval: 0.5 };
    const n8n = fakeN8n({
      parameters: [{ modelId: 'always-processing', options }],
      onError: 'continueRegularOutput',
    });

    expect(await outcomesOf(n8n)).toMatchObject([
      { requests: 10, elapsedMs: 5000, error: { code: 'wait_timeout' } },
    ]);
  });

  test.each([
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
    [
      'timeout',
      Infinity,
      'Timeout must be a number of seconds above 0 and up to 24 days, not Infinity.',
    ],
    ['maxAge', 10n, 'Max Age must be a number of seconds of at least 0, not 10.'],
    ['retries', 1.5, 'Retries must be a whole number of at least 0, not 1.5.'],
    ['retries', 'few', 'Retries must be a whole number of at least 0, not "few".'],
    ['retries', ' ', 'Retries must be a whole number of at least 0, not " ".'],
    ['maxAge', ' ', 'Max Age must be a number of seconds of at least 0, not " ".'],
    ['concurrency', 0, 'Concurrency must be a whole number of at least 1, not 0.'],
    ['maxAge', -1, 'Max Age must be a number of seconds of at least 0, not -1.'],
    ['maxImages', -1, 'Max Images must be a whole number of at least 0, not -1.'],
    ['imageBaseModel', 'a b', 'Image Base Model must be a model id, not "a b".'],
    ['imageBaseModel', 7, 'Image Base Model must be a model id, not 7.'],
    ['maxAge', true, 'Max Age must be a number of seconds of at least 0, not true.'],
  ])('%s: %j is rejected before anything is sent.', async (name, value, message) => {
    const n8n = fakeN8n({ parameters: [{ modelId: 'a', options: { [name]: value } }] });

    const running = run(n8n);

    await expect(running).rejects.toBeInstanceOf(NodeOperationError);
    await expect(running).rejects.toMatchObject({ message, context: { itemIndex: 0 } });
    expect(n8n.sent).toEqual([]);
  });

  test('may be as large as the core allows.', async () => {
    const timeout = (OPTION_SPECS.timeoutMs.max ?? expect.fail()) / 1000;
    const n8n = fakeN8n({ parameters: [{ modelId: 'a', options: { timeout } }] });

    expect(await outcomesOf(n8n)).toMatchObject([{ status: 'success' }]);
  });

  test('limit the images of all items of an execution, and name the base model of a LoRA.', async () => {
    const item = (modelId: string, options: object) => ({ modelId, until: 'image', options });
    const n8n = fakeN8n({
      parameters: [
        item('a', { maxImages: 1 }),
        item('b', { maxImages: '1' }),
        item('style', { imageBaseModel: 'flux' }),
      ] as never[],
      emulator: { loaded: ['a', 'b', 'style'], loraOnly: ['style'] },
      onError: 'continueRegularOutput',
    });

    const codes = (await outcomesOf(n8n)).map(({ error }) => error?.code ?? 'image');

    expect(codes.slice(0, 2).toSorted()).toEqual(['image', 'image_limit']);
    expect(codes[2]).toBe('image');
  });

  test('do not contain the key, which would be sent as a base model.', async () => {
    const n8n = fakeN8n();
    const options = { imageBaseModel: `a-${n8n.key}` };
    const other = fakeN8n({
      parameters: [{ modelId: 'a', until: 'image', options }],
      sameAccountAs: n8n,
    });

    await expect(run(other)).rejects.toMatchObject({
      message: 'Image Base Model contains the API key.',
      context: { itemIndex: 0 },
    });
    expect(other.sent).toEqual([]);
  });

  test('that an expression leaves empty are unset.', async () => {
    const n8n = fakeN8n({
      parameters: [
        {
          modelId: 'a',
          options: { timeout: '', retries: null, imageBaseModel: '', maxImages: '' },
        },
      ],
    });

    expect(await outcomesOf(n8n)).toMatchObject([{ status: 'success' }]);
  });

  test('may be numbers as text.', async () => {
    const options = { timeout: '5', pollInterval: ' 0.5 ', retries: '1', maxAge: '0' };
    const n8n = fakeN8n({
      parameters: [{ modelId: 'always-processing', options }],
      onError: 'continueRegularOutput',
    });

    expect(await outcomesOf(n8n)).toMatchObject([{ requests: 10, elapsedMs: 5000 }]);
  });

  test.each([0, '0', -0])('may be %j, which is not taken for unset.', async (zero) => {
    const n8n = fakeN8n({
      parameters: [{ modelId: 'a', options: { retries: zero, maxAge: zero } }],
      emulator: { intercept: () => ({ status: 503, headers: {}, text: '' }) },
      onError: 'continueRegularOutput',
    });

    expect(await outcomesOf(n8n)).toMatchObject([{ requests: 1 }]);
  });

  test('with an unknown Wait Until are rejected.', async () => {
    const n8n = fakeN8n({ parameters: [{ modelId: 'a', until: 'loaded' }] });

    await expect(run(n8n)).rejects.toThrow(
      "Wait Until must be 'accepted', 'success' or 'image', not \"loaded\".",
    );
  });
});
