import { inspect } from 'node:util';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { scriptedApi, type Step } from '../test/scripted-api.ts';
import type { ReplyEvent } from './options.ts';
import { ReloadError } from './errors.ts';
import { runs } from '../test/effort.ts';

// Letters, digits and other characters that a key may contain, without whitespace and control characters.
const character = fc.oneof(
  fc.constantFrom(...Array.from('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789')),
  fc.constantFrom(...Array.from('/+=-_.~%&<>"\'\\{}[]?#$^*()|é€🔑')),
);
// A key in quotes or of the form NAME=value is rejected before anything is sent.
const key = fc
  .array(character, { minLength: 8, maxLength: 40 })
  .map((all) => all.join(''))
  .filter((text) => !/^["']|["']$|^\w+=./.test(text));

const place: fc.Arbitrary<(key: string) => Step> = fc.constantFrom(
  (text) => ({ status: 500, body: { status: 'error', message: `no ${text} no` } }),
  (text) => ({ body: { status: text, message: text } }),
  (text) => ({ body: { status: 'error', messege: { [text]: [text, `${text}${text}`] } } }),
  (text) => ({ body: { status: 'error', message: 'x', tips: text, tip_1: [text] } }),
  (text) => ({ body: { status: 'success', message: text } }),
  (text) => ({ body: { status: 'processing', message: text } }),
  (text) => ({ status: 400, body: { status: 'error', message: JSON.stringify({ key: text }) } }),
  (text) => ({ status: 400, body: text }),
  (text) => ({ status: 429, body: text, headers: { 'retry-after': text } }),
  (text) => ({ fails: text }),
);

const encoder: fc.Arbitrary<(key: string) => string> = fc.constantFrom(
  (text) => text,
  (text) => JSON.stringify(text).slice(1, -1),
  (text) => encodeURIComponent(text),
  (text) => Buffer.from(text).toString('base64'),
  (text) => Buffer.from(text).toString('base64url'),
  (text) => `${'x'.repeat(1990)} ${text}`,
);

test('No output contains the key, wherever a reply has it.', async () => {
  // A random key may be a substring of our own text, which stays in the output.
  const own = await outputsWithoutKey();
  await fc.assert(
    fc.asyncProperty(key, place, encoder, async (apiKey, put, encode) => {
      const api = scriptedApi([put(encode(apiKey))], { apiKey, maxRetries: 0 });
      const events: ReplyEvent[] = [];
      const result = await api.run(() =>
        api.client
          .reload('m', { timeoutMs: 1000, onReply: (event) => events.push(event) })
          .catch((error: unknown) => error),
      );
      const chain = [];
      for (let error = result; error instanceof Error; error = error.cause) {
        chain.push(error.message, error.stack, String(error), JSON.stringify(error));
      }
      const outputs = [
        ...chain,
        JSON.stringify([result, events]),
        inspect([result, events], { showHidden: true, depth: 20 }),
        inspect(api.client, { showHidden: true, depth: 20 }),
        ReloadError.isInstance(result) ? inspect(result.outcome) : '',
      ].join('\n');
      for (const encoded of encodingsOf(apiKey))
        if (!own.includes(encoded)) expect(outputs).not.toContain(encoded);
      expect(events.filter(({ type }) => type === 'reply')).toHaveLength(1);
    }),
    runs(600),
  );
});

const placeInImageReply: fc.Arbitrary<(key: string) => Record<string, Step[]>> = fc.constantFrom(
  (text) => ({ 'image m': [{ body: { status: 'processing', id: text } }] }),
  (text) => ({
    'image m': [{ body: { status: 'success', output: [`https://cdn.example/${text}`] } }],
  }),
  (text) => ({ 'image m': [{ status: 500, body: { status: 'error', message: text } }] }),
  (text) => ({
    'image m': [{ body: { status: 'processing', id: 7, fetch_result: text } }],
    'fetch 7': [{ body: { status: 'error', message: text } }],
  }),
);

test('No output and no URL contains the key, wherever the replies of an image check have it.', async () => {
  const own = await outputsWithoutKey();
  await fc.assert(
    fc.asyncProperty(key, placeInImageReply, encoder, async (apiKey, put, encode) => {
      const api = scriptedApi(
        { m: [{ body: { status: 'success' } }], ...put(encode(apiKey)) },
        { apiKey },
      );
      const result = await api.run(() =>
        api.client.reload('m', { until: 'image' }).catch((error: unknown) => error),
      );
      const ids = api.requests.map(({ id }) => id);
      const outputs = inspect([result, ids], { showHidden: true, depth: 20 });
      for (const encoded of encodingsOf(apiKey)) {
        if (!own.includes(encoded)) expect(outputs).not.toContain(encoded);
      }
      expect(api.requests.length).toBeGreaterThan(1);
    }),
    runs(150),
  );
});

function encodingsOf(apiKey: string): string[] {
  return [
    apiKey,
    JSON.stringify(apiKey).slice(1, -1),
    encodeURIComponent(apiKey),
    Buffer.from(apiKey).toString('base64').replace(/=+$/, ''),
    Buffer.from(apiKey).toString('base64url'),
  ];
}

/** Returns the output of a call whose reply does not contain a key. */
async function outputsWithoutKey(): Promise<string> {
  const api = scriptedApi([{ status: 400, body: '' }], { maxRetries: 0 });
  const error = await api.run(() => api.client.reload('m').catch((thrown: unknown) => thrown));
  return inspect(error, { showHidden: true, depth: 20 });
}
