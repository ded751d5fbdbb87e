import { NodeApiError } from 'n8n-workflow';
import { describe, expect, test } from 'vitest';

import { ModelsLabReload } from '../nodes/ModelsLabReload/ModelsLabReload.node.ts';
import { clock, fakeN8n, type FakeN8n } from './fake-n8n.ts';

const node = new ModelsLabReload();
const models = ['my-face', 'our-style', 'My-Dog'];

const getMany = async (n8n: FakeN8n) =>
  await clock.run(async () => (await node.execute.call(n8n.execute))[0]);

const search = async (n8n: FakeN8n, filter?: string) =>
  await clock.run(async () => await node.methods.listSearch.searchModels.call(n8n.load, filter));

describe('Get Many', () => {
  test('returns one item per trained model, with one request for all input items.', async () => {
    const n8n = fakeN8n({ operation: 'getMany', parameters: [{}, {}], emulator: { models } });
    const pairedItem = [{ item: 0 }, { item: 1 }];

    expect(await getMany(n8n)).toEqual(
      models.map((modelId) => ({ json: { modelId }, pairedItem })),
    );
    expect(n8n.sent).toHaveLength(1);
    expect(n8n.sent[0]?.body).toEqual({ key: n8n.key });
  });

  test('returns no item if the account has no model.', async () => {
    expect(await getMany(fakeN8n({ operation: 'getMany' }))).toEqual([]);
  });

  test('throws what happened and what to do.', async () => {
    const n8n = fakeN8n({ operation: 'getMany', credential: { apiKey: 'wrong' } });

    const running = getMany(n8n);

    await expect(running).rejects.toBeInstanceOf(NodeApiError);
    await expect(running).rejects.toMatchObject({
      message: expect.stringMatching(/invalid api key/i),
      description: expect.stringMatching(/copy it again from the ModelsLab dashboard\.$/),
    });
  });

  test('returns an item with only the error if the node continues.', async () => {
    const n8n = fakeN8n({
      operation: 'getMany',
      credential: { apiKey: 'wrong' },
      onError: 'continueErrorOutput',
    });

    expect(await getMany(n8n)).toMatchObject([
      { json: { error: { code: 'unauthorized' } }, pairedItem: [{ item: 0 }] },
    ]);
  });

  test('sends nothing for an execution that is cancelled.', async () => {
    const cancel = new AbortController();
    cancel.abort();
    const n8n = fakeN8n({ operation: 'getMany', cancel: cancel.signal });

    await expect(getMany(n8n)).rejects.toThrow(/^Ended early; /);
    expect(n8n.sent).toEqual([]);
  });
});

describe('The list in the panel', () => {
  test.each([
    [undefined, models],
    ['', models],
    ['MY', ['my-face', 'My-Dog']],
    ['style ', ['our-style']],
    ['nothing', []],
  ])('searched for %j has the models that contain it.', async (filter, found) => {
    const { results } = await search(fakeN8n({ emulator: { models } }), filter);

    expect(results).toEqual(found.map((id) => ({ name: id, value: id })));
  });

  test('fails after one request, with a clear message.', async () => {
    const n8n = fakeN8n({
      emulator: { intercept: () => ({ status: 503, headers: {}, text: '<html>' }) },
    });

    await expect(search(n8n)).rejects.toMatchObject({
      message: 'The server returned HTTP 503',
      description: expect.stringContaining('in a few minutes'),
    });
    expect(n8n.sent).toHaveLength(1);
  });
});
