import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRedactor, REDACTED } from './redact.ts';
import { isFull, runs } from '../../test/effort.ts';

const json = (text: string) => JSON.stringify(text).slice(1, -1);
const unicode = (text: string) =>
  Array.from({ length: text.length }, (_, at) => `\\u${hex(text.charCodeAt(at), 4)}`).join('');
const percent = (text: string) => Buffer.from(text).toString('hex').replace(/../g, '%$&');
const entities = (text: string) =>
  Array.from(text, (character) => `&#${character.codePointAt(0)};`).join('');
const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0');

const url = encodeURIComponent;
/** Encodings of the whole text, in addition to those of its characters. */
const plain = (text: string) => text;
const wrap = fc.constantFrom(plain, url, (text: string) => url(url(text)), percent);

/** Every way to encode one character. */
const encode = fc.constantFrom(
  (text: string) => text,
  json,
  (text: string) => json(json(text)),
  unicode,
  (text: string) => json(unicode(text)),
  percent,
  (text: string) => percent(text).toUpperCase(),
  entities,
);

// Characters that begin an encoding or occur within one, so that a string can be read in many ways.
const character = fc.constantFrom(...Array.from('\\&%"/u05c;#xaA-é🔑<'));
const key = fc.array(character, { minLength: 8, maxLength: 24 }).map((all) => all.join(''));

test('a key is removed in any mixture of encodings', () => {
  fc.assert(
    fc.property(
      key.chain((text) =>
        fc.tuple(fc.constant(text), fc.array(encode, { minLength: 24, maxLength: 24 })),
      ),
      fc.constantFrom('', ' ', '<', '\\', '&amp;', '%'),
      wrap,
      ([text, encodings], around, wrapped) => {
        // `%` before a key that begins with two digits is a character itself once the whole is URL-decoded.
        const before = around === '%' && wrapped !== plain ? '' : around;
        const written = wrapped(
          Array.from(text, (each, at) => encodings[at]?.(each) ?? each).join(''),
        );
        const redacted = createRedactor(text)(`a ${before}${written}${around} z`);
        expect(redacted).toContain(REDACTED);
        expect(redacted).not.toContain(written);
        // No more than the key and the encoding that it may be part of.
        expect(redacted).toMatch(/^a .{0,24}\[redacted\].{0,24} z$/);
      },
    ),
    runs(1000),
  );
});

test('a string without the key is unchanged', () => {
  fc.assert(
    fc.property(key, fc.array(character, { maxLength: 40 }), (text, all) => {
      const other = all.join('');
      fc.pre(other.length < text.length);
      expect(createRedactor(text)(other)).toBe(other);
    }),
  );
});

// A quadratic algorithm would need minutes for these, and an exponential one would never end: the test would time out.
const LENGTH = isFull ? 20_000 : 5000;
test.each(['\\', '&', '%', '"', '/', 'a', '&amp;', '%25', '\\u005c', '\\/'])(
  'a key and a string that repeat %j are handled in linear time',
  (part) => {
    for (const length of [8, 64]) {
      const redact = createRedactor(part.repeat(length));
      const other = createRedactor(`${part.repeat(length)}!`);
      const long = part.repeat(LENGTH / part.length);
      expect(redact(long)).toContain(REDACTED);
      expect(other(long)).toBe(long);
      expect(other(`${long}!`).endsWith(REDACTED)).toBe(true);
    }
  },
);

test('a million backslashes are handled in time', () => {
  const redact = createRedactor('a"b\\c/d&e');
  const text = '\\'.repeat(1_000_000);
  expect(redact(text)).toBe(text);
});
