// What the live check finds out about a LoRA, and that it never generates an image that nobody ordered.
import { specialModels } from '@modelslab-reload/emulator';
import { expect, test } from 'vitest';
import { json, KEY, run } from './live-check-run.mjs';

const LORA = { modelId: 'my-lora', baseModel: 'sdxl', loraOnly: ['my-lora'] };
const LISTED = 'Is the model in the list of trained models?';
const RELOAD = 'Does a reload take the id of this LoRA?';
const IMAGE = 'Does the base model generate an image with this LoRA?';

const imagesOf = ({ emulator }) =>
  emulator.requests.filter(({ path }) => path.endsWith('/text2img'));
const partsOf = ({ recorded }) => recorded.map(({ part }) => part);

test('a LoRA is reloaded, looked for in the list, and generates one image with its base model', async () => {
  const check = await run({ ...LORA, models: ['our-face', 'my-lora'] });
  expect(check.rows).toMatchObject({
    [LISTED]: 'yes',
    [RELOAD]: 'it was accepted',
    [IMAGE]: expect.stringMatching(/^yes, after /),
  });
  expect(Object.keys(check.rows)).toHaveLength(15);
  expect(check.report).toContain('Does the image show the LoRA? Its URL is in the record.');
  const [image, ...others] = check.recorded.filter(({ part }) => part === 'image');
  expect(others).toEqual([]);
  expect(JSON.parse(image.request.body)).toMatchObject({
    model_id: 'sdxl',
    lora_model: 'my-lora',
    samples: 1,
  });
  // The image must not be part of the answer to what a reload costs.
  expect(partsOf(check).slice(-3)).toEqual(['balance after', 'list', 'image']);
  expect(check.logged[0]).toContain('one image is generated with sdxl, and billed');
});

test('without a base model no image is generated, and no row is about a LoRA', async () => {
  const check = await run({ modelId: 'my-lora', loraOnly: ['my-lora'] });
  expect(imagesOf(check)).toEqual([]);
  expect(check.rows).toMatchObject({ [LISTED]: 'no' });
  expect(check.rows).not.toHaveProperty([IMAGE]);
  expect(check.rows).not.toHaveProperty([RELOAD]);
  expect(check.all).not.toMatch(/billed\. Ctrl-C|show the LoRA/);
});

test.each(Object.keys(specialModels))(
  'the special model %s generates an image only after a success, and at most one',
  async (modelId) => {
    const check = await run({ modelId, baseModel: 'sdxl' });
    const { outcome } = check.result;
    if (outcome.error) expect([imagesOf(check), check.rows[IMAGE]]).toEqual([[], 'not sent']);
    const isGenerated = check.rows[IMAGE].startsWith('yes, after ');
    // Images that the API rejects, because the model is not loaded after all, are not billed.
    const billed = check.recorded.filter(({ part, reply }) => {
      return part === 'image' && !reply.text.startsWith('{"status":"error"');
    });
    expect(billed).toHaveLength(isGenerated ? 1 : 0);
    expect(isGenerated).toBe(outcome.error === null && modelId !== 'no-message');
    expect(check.all).not.toContain(KEY);
  },
);

test('a run that is stopped right after the success generates no image', async () => {
  const stop = new AbortController();
  const onLog = (line) => line.includes(': success, ') && stop.abort();
  const check = await run({ ...LORA, signal: stop.signal, onLog });
  expect(check.rows).toMatchObject({
    [RELOAD]: 'it was accepted',
    [LISTED]: 'the list could not be read: `aborted`',
    [IMAGE]: expect.stringMatching(/^no image: `aborted`/),
  });
  expect(imagesOf(check)).toEqual([]);
});

test('the model is not reloaded again before its image, however long the rest takes', async () => {
  const check = await run({ ...LORA, latencyMs: 30_000 });
  const paths = check.recorded
    .filter(({ part }) => part === 'image')
    .map(({ request }) => new URL(request.url).pathname);
  expect(paths).toEqual(['/api/v6/images/text2img']);
});

test('an API that does not know the id of a LoRA has rejected it', async () => {
  const { rows } = await run({ ...LORA, modelId: 'not-found' });
  expect(rows).toMatchObject({
    [RELOAD]: 'it was rejected: `model_not_found`, `Model not found: not-found`',
    [IMAGE]: 'not sent',
  });
});

test('a failure that is not about the id is unclear', async () => {
  const { rows } = await run({ ...LORA, modelId: 'server-error' });
  expect(rows[RELOAD]).toMatch(/^unclear: `server_error`, /);
});

test('a LoRA that was accepted and is still loading was accepted', async () => {
  const { rows } = await run({ ...LORA, modelId: 'always-processing' });
  expect(rows).toMatchObject({ [RELOAD]: 'it was accepted', [IMAGE]: 'not sent' });
});

test.each([
  ['an error', json({ status: 'error', message: 'Unknown LoRA format' }), 'api_error'],
  // It may have been generated, so no second one is ordered.
  ['a lost reply', { status: 502, headers: {}, text: '<html>' }, 'image_limit'],
])('%s to the image request is in the report, and not repeated', async (_title, reply, code) => {
  const check = await run({
    ...LORA,
    reply: (path) => (path.endsWith('/text2img') ? reply : null),
  });
  expect(check.rows[IMAGE]).toMatch(new RegExp(`^no image: \`${code}\`, \`.+\`$`));
  expect(imagesOf(check)).toHaveLength(1);
  expect(check.report).not.toContain('show the LoRA');
});

test.each([
  ['documented', {}],
  ['objects', { listShape: 'objects' }],
  ['pages', { listShape: 'pages' }],
  ['bare', { listShape: 'bare' }],
  ['numbered', { listShape: 'numbered' }],
])('of a list in the shape %s, the record keeps only the checked model', async (_shape, shape) => {
  const models = ['a-secret-face', 'my-lora', 'b-secret-face'];
  const { rows, all, recorded } = await run({ ...LORA, ...shape, models });
  expect(rows[LISTED]).toBe('yes');
  expect(all).not.toContain('secret-face');
  expect(recorded.find(({ part }) => part === 'list').reply.text).toContain('my-lora');
});

test('a list that cannot be read is reported with its error, and its reply is recorded', async () => {
  const page = { status: 404, headers: {}, text: '<h1>Gone</h1> ["a-secret-face"]' };
  const { rows, recorded, all } = await run({
    ...LORA,
    reply: (path) => (path.endsWith('/finetune_list') ? page : null),
  });
  expect(rows[LISTED]).toBe('the list could not be read: `unexpected_response`');
  expect(recorded.find(({ part }) => part === 'list').reply.text).toContain('<h1>Gone</h1>');
  expect(all).not.toContain('secret-face');
});

test('an error about the list keeps its message in the record', async () => {
  const error = json({ status: 'error', message: 'Not in your plan', data: ['a-secret-face'] });
  const { recorded, all } = await run({
    ...LORA,
    reply: (path) => (path.endsWith('/finetune_list') ? error : null),
  });
  expect(recorded.find(({ part }) => part === 'list').reply.text).toContain('Not in your plan');
  expect(all).not.toContain('secret-face');
});
