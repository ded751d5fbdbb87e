import { describe, expect, test } from 'vitest';
import { apiError, scriptedApi, success, type Step } from '../../test/scripted-api.ts';
import type { ReloadManyOptions } from '../options.ts';
import type { Outcome } from '../outcome.ts';

const image: Step = { body: { status: 'success', output: ['https://cdn.example/1.png'] } };
const unavailable = apiError(200, 'Model is not loaded');

type Api = ReturnType<typeof scriptedApi>;

async function list({ client }: Api, ids: string[], options: ReloadManyOptions) {
  const outcomes: Outcome[] = [];
  for await (const outcome of client.reloadMany(ids, { until: 'image', ...options })) {
    outcomes.push(outcome);
  }
  for (const { error } of outcomes) {
    if (error?.code === 'image_limit') expect(error.message).toMatch(/^The images .* used up/);
  }
  return outcomes.map(({ modelId, error }) => `${modelId} ${error?.code ?? 'image'}`);
}

const imagesOf = ({ requests }: Api) => requests.filter(({ id }) => id.startsWith('image '));

describe('maxImages', () => {
  test('ends the models without an image once the list has used its images.', async () => {
    const api = scriptedApi({ 'image a': [image], 'image b': [image] }, { concurrency: 1 });
    const ended = await api.run(() => list(api, ['a', 'b', 'c'], { maxImages: 2 }));
    expect(ended).toEqual(['a image', 'b image', 'c image_limit']);
    expect(imagesOf(api).map(({ id }) => id)).toEqual(['image a', 'image b']);
  });

  test('does not count a request that was rejected because the model is unloaded.', async () => {
    const api = scriptedApi({ 'image a': [unavailable, unavailable, image] });
    expect(await api.run(() => list(api, ['a'], { maxImages: 1 }))).toEqual(['a image']);
    expect(imagesOf(api)).toHaveLength(3);
  });

  test('counts a request whose image was lost.', async () => {
    const lost: Step = { status: 502, body: '<html>' };
    const api = scriptedApi({ 'image a': [lost, image] });
    expect(await api.run(() => list(api, ['a'], { maxImages: 1 }))).toEqual(['a image_limit']);
    expect(imagesOf(api)).toHaveLength(1);
  });

  test('of 0 sends no image request.', async () => {
    const api = scriptedApi([success]);
    expect(await api.run(() => list(api, ['a', 'b'], { maxImages: 0 }))).toEqual([
      'a image_limit',
      'b image_limit',
    ]);
    expect(imagesOf(api)).toEqual([]);
  });

  test('counts a shared check once, for the call that began it.', async () => {
    const slow: Step = { ...image, after: 5000 };
    const api = scriptedApi({ 'image a': [slow], 'image b': [image] }, { concurrency: 4 });
    const [first, second] = await api.run(async () => {
      const begun = list(api, ['a', 'b'], { maxImages: 2 });
      await api.clock.sleep(1000, new AbortController().signal);
      return Promise.all([begun, list(api, ['a'], { maxImages: 0 })]);
    });
    expect([first?.toSorted(), second]).toEqual([['a image', 'b image'], ['a image']]);
    expect(imagesOf(api)).toHaveLength(2);
  });

  test('does not keep another call, which joined the check later, from its image.', async () => {
    const api = scriptedApi({ a: [{ ...success, after: 1000 }], 'image a': [image] });
    const ended = await api.run(async () => {
      const listed = list(api, ['a'], { maxImages: 0 });
      await api.clock.sleep(500);
      const { evidence } = await api.client.reload('a', { until: 'image' });
      return [evidence, ...(await listed)];
    });
    expect(ended).toEqual(['image', 'a image']);
    expect(imagesOf(api)).toHaveLength(1);
  });

  test('leaves a later list its own images, and a call outside of a list without a limit.', async () => {
    const api = scriptedApi([success], {});
    const both = scriptedApi({ 'image a': [image], 'image b': [image], 'image c': [image] });
    await both.run(async () => {
      expect(await list(both, ['a'], { maxImages: 1 })).toEqual(['a image']);
      expect(await list(both, ['b'], { maxImages: 1 })).toEqual(['b image']);
      expect(await both.client.reload('c', { until: 'image' })).toMatchObject({
        evidence: 'image',
      });
    });
    expect(() => api.client.reloadMany([], { maxImages: -1 })).toThrow(
      /^maxImages must be a whole/,
    );
    await expect(api.client.reload('a', { maxImages: 1 } as object)).rejects.toThrow(
      'maxImages is an option of reloadMany.',
    );
  });
});

test('the image check of a LoRA sends its base model, and the id as lora_model', async () => {
  const bodies: unknown[] = [];
  const transport = async ({ url, body }: { url: string; body: string }) => {
    if (url.endsWith('/text2img')) bodies.push(JSON.parse(body));
    return {
      status: 200,
      headers: {},
      text: JSON.stringify({ ...Object(image.body), message: 'x' }),
    };
  };
  const { client, run } = scriptedApi([success], { transport });
  const outcome = await run(() =>
    client.reload('my-lora', { until: 'image', imageBaseModel: 'flux' }),
  );
  expect(outcome).toMatchObject({ modelId: 'my-lora', evidence: 'image' });
  await run(() => client.reload('my-lora', { until: 'image', maxAgeMs: 1 }));
  expect(bodies).toMatchObject([
    { model_id: 'flux', lora_model: 'my-lora' },
    { model_id: 'my-lora' },
  ]);
  expect(bodies[1]).not.toHaveProperty('lora_model');
  await expect(client.reload('a', { imageBaseModel: 'a b' })).rejects.toThrow(
    'imageBaseModel must be a model id, not "a b".',
  );
});
