import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import type { ReloadOptions, ReplyEvent } from '../src/engine.ts';
import { isFull } from './effort.ts';
import { apiError, KEY, scriptedApi, success, type Step } from './scripted-api.ts';

/** Every limit of length cuts this in the middle of a key, for one of the offsets. */
const repeated = (offset: number) => 'x'.repeat(offset) + KEY.repeat(600);
/** The key must not be shown in part either. */
const PART = KEY.slice(0, 6);
/** At a third of the offsets the limits cut parts of all lengths, too. */
const STEP = isFull ? 1 : 3;

/** Where a reply, or the failure of a request, may have a long text. */
const PLACES: [string, (text: string) => Record<string, Step[]>, ReloadOptions?][] = [
  ['the message of an error', (text) => ({ m: [apiError(400, text)] })],
  ['the message of a success', (text) => ({ m: [{ body: { status: 'success', message: text } }] })],
  ['a tip', (text) => ({ m: [apiError(200, 'no', { tips: text })] })],
  [
    'messages of a validation',
    (text) => ({ m: [apiError(400, '', { message: { model_id: [text] } })] }),
  ],
  ['an error field', (text) => ({ m: [{ status: 500, body: { error: text } }] })],
  ['the status', (text) => ({ m: [{ body: { status: text, message: text } }] })],
  ['the data of a success', (text) => ({ m: [{ body: { status: 'success', data: text } }] })],
  ['a page', (text) => ({ m: [{ status: 502, body: `<html>${text}</html>` }] })],
  ['text that is not JSON', (text) => ({ m: [{ body: text }] })],
  ['a header', (text) => ({ m: [{ ...apiError(503, 'no'), headers: { 'retry-after': text } }] })],
  ['the code of a network error', (text) => ({ m: [{ fails: text }] })],
  [
    'the id of an image',
    (text) => ({ 'image m': [{ body: { status: 'processing', id: text } }] }),
    { until: 'image' },
  ],
  [
    'the URL of an image',
    (text) => ({
      'image m': [{ body: { status: 'success', output: [`https://cdn.example/${text}`] } }],
    }),
    { until: 'image' },
  ],
  [
    'the message about an image',
    (text) => ({ 'image m': [apiError(400, text)] }),
    { until: 'image' },
  ],
];

test.each(PLACES)(
  'A key that a limit of length cuts is not shown in part: %s.',
  async (_, put, options) => {
    for (let offset = 0; offset < KEY.length; offset += STEP) {
      const api = scriptedApi(put(repeated(offset)), { maxRetries: 0 });
      const seen: unknown[] = [];
      await api.run(async () => {
        const onReply = (event: ReplyEvent) => void seen.push(event);
        const call = api.client.reload('m', { timeoutMs: 300_000, ...options, onReply });
        seen.push(await call.catch((error: unknown) => error));
      });
      expect(seen.length).toBeGreaterThan(1);
      const shown = inspect([seen, api.requests], {
        showHidden: true,
        depth: 20,
        maxStringLength: null,
      });
      expect(shown).not.toContain(PART);
    }
  },
);

test('A key that a limit of length cuts is not shown in part: what a transport throws.', async () => {
  for (let offset = 0; offset < KEY.length; offset += STEP) {
    const text = repeated(offset);
    const thrown = Object.assign(new Error(text, { cause: new Error(text) }), {
      name: text,
      code: text,
    });
    const api = scriptedApi([], { maxRetries: 0, transport: () => Promise.reject(thrown) });
    const error: unknown = await api.run(() =>
      api.client.reload('m').catch((reason: unknown) => reason),
    );
    const shown = inspect(error, { showHidden: true, depth: 20, maxStringLength: null });
    expect(shown).toContain('network_error');
    expect(shown).not.toContain(PART);
  }
});

test('A key that a limit of length cuts is not shown in part: the list of models.', async () => {
  for (let offset = 0; offset < KEY.length; offset += STEP) {
    const list: Step = { body: { status: 'success', data: [repeated(offset), 'a'] } };
    const api = scriptedApi({ list: [list], a: [success] }, { maxRetries: 0 });
    const ids: unknown = await api.run(() =>
      api.client.listTrainedModels().catch((reason: unknown) => reason),
    );
    expect(inspect(ids, { showHidden: true, depth: 20, maxStringLength: null })).not.toContain(
      PART,
    );
  }
});
