import { inspect } from 'node:util';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { scriptedApi, type Step } from '../test/scripted-api.ts';
import type { ReplyEvent } from './options.ts';
import { ReloadError } from './errors.ts';

// Letters, digits and whatever else a key may have, but no blank and no control character.
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

const spelled: fc.Arbitrary<(key: string) => string> = fc.constantFrom(
  (text) => text,
  (text) => JSON.stringify(text).slice(1, -1),
  (text) => encodeURIComponent(text),
  (text) => Buffer.from(text).toString('base64'),
  (text) => Buffer.from(text).toString('base64url'),
  (text) => `${'x'.repeat(1990)} ${text}`,
);

test('the key is in no output, wherever a reply has it', async () => {
  // A key that is a piece of our own words is in them, and always will be.
  const own = await outputsWithoutKey();
  await fc.assert(
    fc.asyncProperty(key, place, spelled, async (apiKey, put, spell) => {
      const api = scriptedApi([put(spell(apiKey))], { apiKey, maxRetries: 0 });
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
      for (const spelling of spellingsOf(apiKey))
        if (!own.includes(spelling)) expect(outputs).not.toContain(spelling);
      expect(events.filter(({ type }) => type === 'reply')).toHaveLength(1);
    }),
    { numRuns: 600 },
  );
});

const placeInDrawing: fc.Arbitrary<(key: string) => Record<string, Step[]>> = fc.constantFrom(
  (text) => ({ 'draw m': [{ body: { status: 'processing', id: text } }] }),
  (text) => ({
    'draw m': [{ body: { status: 'success', output: [`https://cdn.example/${text}`] } }],
  }),
  (text) => ({ 'draw m': [{ status: 500, body: { status: 'error', message: text } }] }),
  (text) => ({
    'draw m': [{ body: { status: 'processing', id: 7, fetch_result: text } }],
    'fetch 7': [{ body: { status: 'error', message: text } }],
  }),
);

test('the key is in no output and no URL, wherever the replies about a picture have it', async () => {
  const own = await outputsWithoutKey();
  await fc.assert(
    fc.asyncProperty(key, placeInDrawing, spelled, async (apiKey, put, spell) => {
      const api = scriptedApi(
        { m: [{ body: { status: 'success' } }], ...put(spell(apiKey)) },
        { apiKey },
      );
      const result = await api.run(() =>
        api.client.reload('m', { until: 'image' }).catch((error: unknown) => error),
      );
      const outputs = inspect([result, api.requests], { showHidden: true, depth: 20 });
      for (const spelling of spellingsOf(apiKey)) {
        if (!own.includes(spelling)) expect(outputs).not.toContain(spelling);
      }
      expect(api.requests.length).toBeGreaterThan(1);
    }),
    { numRuns: 150 },
  );
});

function spellingsOf(apiKey: string): string[] {
  return [
    apiKey,
    JSON.stringify(apiKey).slice(1, -1),
    encodeURIComponent(apiKey),
    Buffer.from(apiKey).toString('base64').replace(/=+$/, ''),
    Buffer.from(apiKey).toString('base64url'),
  ];
}

/** What is printed where no reply has a key in it. */
async function outputsWithoutKey(): Promise<string> {
  const api = scriptedApi([{ status: 400, body: '' }], { maxRetries: 0 });
  const error = await api.run(() => api.client.reload('m').catch((thrown: unknown) => thrown));
  return inspect(error, { showHidden: true, depth: 20 });
}
