import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isFull, isTried, runs } from '../../test/effort.ts';
import { encodeBase64, encodings, WITHOUT_SEMICOLONS } from '../../test/encodings.ts';
import { expectLinearTime } from '../../test/linear-time.ts';
import { createRedactor, REDACTED } from './redact.ts';

// Characters that begin an encoding or occur within one, so that a string can be read in many ways.
const hostile = fc.constantFrom(...Array.from('\\&%"/u05c;#xaA-é🔑<=+._'));
const common = fc.constantFrom(
  ...Array.from('abcxyzABCXYZ0123456789.-_/+=:!$*@?,^|~"\'<>()[]{}`é🔑'),
);
const toKey = (character: fc.Arbitrary<string>) =>
  fc.array(character, { minLength: 8, maxLength: 40 }).map((all) => all.join(''));
const key = fc.oneof(toKey(hostile), toKey(common));
const encode = fc.constantFrom(...Object.values(encodings), ...WITHOUT_SEMICOLONS);
const encodeOne = fc.constantFrom(...Object.values(encodings));
const around = fc.constantFrom('', ' ', '<', '>', '. ', '\n', 'é');

test('a key is removed in every encoding, and in up to three of them inside each other', () => {
  fc.assert(
    fc.property(key, fc.array(encode, { maxLength: 3 }), around, (apiKey, nested, beside) => {
      let written = apiKey;
      for (const each of nested) written = each(written);
      const redacted = createRedactor(apiKey)(`a ${beside}${written}${beside} z`);
      expect(redacted).toBe(`a ${beside}${REDACTED}${beside} z`);
    }),
    runs(1500),
  );
});

test('a key whose characters are encoded in different ways is removed', () => {
  fc.assert(
    fc.property(
      toKey(common).filter((apiKey) => !/[\\&%]/.test(apiKey)),
      fc.array(encodeOne, { minLength: 40, maxLength: 40 }),
      fc.array(encode, { maxLength: 1 }),
      around,
      (apiKey, each, all, beside) => {
        let written = Array.from(apiKey, (one, at) => each[at]?.(one) ?? one).join('');
        for (const wrap of all) written = wrap(written);
        const redacted = createRedactor(apiKey)(`a ${beside}${written}${beside} z`);
        expect(redacted).toBe(`a ${beside}${REDACTED}${beside} z`);
      },
    ),
    runs(1000),
  );
});

test('a key is removed in base64, wherever it begins and however the lines are broken', () => {
  fc.assert(
    fc.property(
      key,
      fc.string({ maxLength: 70 }),
      fc.string({ maxLength: 70 }),
      fc.constantFrom(0, 4, 64, 76),
      fc.constantFrom('\n', '\r\n', '\\n', '\\\\r\\\\n', '%0D%0A', '&#10;'),
      fc.constantFrom(
        (text: string) => text,
        (text: string) => text.replaceAll('/', '\\/'),
        (text: string) => encodeURIComponent(encodeURIComponent(text)),
        (text: string) => text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', ''),
      ),
      (apiKey, before, after, width, lineBreak, wrap) => {
        const bytes = encodeBase64(`${before}${apiKey}${after}`);
        const lines = width === 0 ? [wrap(bytes)] : (wrap(bytes).match(/.{1,76}/g) ?? []);
        const redacted = createRedactor(apiKey)(`a ${lines.join(lineBreak)} z`);
        expect(redacted).toContain(REDACTED);
        // What is left does not have the key's bytes, whatever was in between.
        const left = decodeAll(redacted.slice(2, -2).split(REDACTED), lineBreak);
        for (const part of left) expect(part).not.toContain(apiKey.slice(1, -1));
      },
    ),
    runs(1000),
  );
});

test('a request body in base64 does not keep the key', () => {
  fc.assert(
    fc.property(key, fc.string(), (apiKey, modelId) => {
      const body = encodeBase64(JSON.stringify({ key: apiKey, model_id: modelId }));
      const redacted = createRedactor(apiKey)(body);
      expect(redacted).toContain(REDACTED);
      for (const left of decodeAll(redacted.split(REDACTED), '\n')) {
        expect(left).not.toContain(JSON.stringify(apiKey).slice(2, -2));
      }
    }),
  );
});

test('a string without the key is unchanged', () => {
  fc.assert(
    fc.property(key, fc.array(fc.oneof(hostile, common), { maxLength: 40 }), (apiKey, all) => {
      const other = all.join('');
      fc.pre(other.length < apiKey.length);
      expect(createRedactor(apiKey)(other)).toBe(other);
    }),
  );
});

describe('The time is linear in the length of a string', () => {
  const parts = [
    '\\ & % " / a \n &amp; &#0 &#x0 &lowbar %25 %c3 %5C %2525 \\u005c \\/ \\\\n \\u0061',
    '\\\\\\\\\\\\\\\\u0061 %26%5C&\\ YWFh YWFh\n',
  ].flatMap((some) => some.split(' '));
  test.each(parts)('that repeats %j, whatever the key is', (part) => {
    const same = part.repeat(60).slice(0, 60);
    const keys = [same, `${same}!`, `${'a'.repeat(1000)}b`];
    for (const apiKey of keys.filter((_, ofKey) => isTried(parts.indexOf(part), ofKey))) {
      expectLinearTime(createRedactor(apiKey), part);
    }
  });

  test('that repeats all but the last character of the key.', () => {
    fc.assert(
      fc.property(key, (apiKey) => expectLinearTime(createRedactor(apiKey), apiKey.slice(0, -1))),
      runs(isFull ? 20 : 5),
    );
  });
});

/** Decodes each part of a redacted base64 text that may still be decoded, at each of the four positions of a group. */
function decodeAll(parts: string[], lineBreak: string): string[] {
  return parts.flatMap((part) => {
    const text = decodeURIComponent(decodeURIComponent(part.replaceAll(lineBreak, '')))
      .replaceAll('\\/', '/')
      .replaceAll('-', '+')
      .replaceAll('_', '/');
    return [0, 1, 2, 3].map((skip) => Buffer.from(text.slice(skip), 'base64').toString());
  });
}
