import { describe, expect, test } from 'vitest';
import { encodeBase64, encodings, WITHOUT_SEMICOLONS } from '../../test/encodings.ts';
import { createRedactor, toSafeUrl } from './redact.ts';

const keys = [
  'plain-key-1234',
  'a"b\\c/d&e<f>g\'h',
  'käse+schlüssel=🔑!',
  '$&.*(regex)[x]{2}^|',
  'AAAA????>>>>~~~~',
];

const { JSON: json, 'HTML5, names': named } = encodings as Record<string, (text: string) => string>;

/** Every way in which a server may encode a key, and some of them inside each other. */
const ways: [string, (key: string) => string][] = [
  ...Object.entries(encodings),
  ...WITHOUT_SEMICOLONS.map((write): [string, typeof write] => ['HTML without semicolons', write]),
  ['JSON in JSON', (key) => json!(json!(key))],
  ['JSON in HTML', (key) => named!(json!(key))],
  ['HTML in HTML', (key) => named!(named!(key))],
  [
    'HTML in JSON in a URL in a URL',
    (key) => encodeURIComponent(encodeURIComponent(json!(named!(key)))),
  ],
  ['a form', (key) => new URLSearchParams({ key }).toString().slice(4)],
  ['base64', encodeBase64],
  ['base64 in a URL', (key) => encodeURIComponent(encodeBase64(key))],
  ['base64 in a URL in a URL', (key) => encodeURIComponent(encodeURIComponent(encodeBase64(key)))],
  ['base64url', (key) => Buffer.from(key).toString('base64url')],
];

describe.each(keys)('the key %s', (key) => {
  test.each(ways)('written as %s', (_, write) => {
    const redact = createRedactor(key);
    expect(redact(`<${write(key)}> and ${write(key)}.`)).toMatch(
      /^<\[redacted\]=*(%(?:25)?3D)*> and \[redacted\]=*(%(?:25)?3D)*\.$/,
    );
  });
});

test('other text is unchanged', () => {
  const text = 'Model not found: plain-key-123, 100% \\u0070 &amp; more';
  expect(createRedactor('plain-key-1234')(text)).toBe(text);
});

test.each(['PLAIN-KEY-1234', 'Plain-Key-1234', 'pLAIN%2dKEY-1234'])(
  'the key in another letter case is removed: %s',
  (written) => {
    expect(createRedactor('plain-key-1234')(`x ${written} y`)).toBe('x [redacted] y');
  },
);

test.each(['12345678-', '12345678&'])('two adjacent keys are both removed: %s', (key) => {
  expect(createRedactor(key)(`a${key}${key}z`)).toBe('a[redacted][redacted]z');
});

test.each([32, 64])('the halves of a key that are %i characters apart stay', (distance) => {
  const text = `1234${'.'.repeat(distance - 4)}5678&`;
  expect(createRedactor('12345678&')(text)).toBe(text);
});

const KEY = 'Secret-Key.0123';
test.each<[string, string | null]>([
  ['https://cdn.example/a.png', 'https://cdn.example/a.png'],
  ['HTTPS://CDN.example', 'https://cdn.example/'],
  [`https://cdn.example/${KEY}`, null],
  [`https://cdn.example/?k=${encodeURIComponent(KEY).replace('-', '%2d')}`, null],
  ['https://cdn.example/?k=%2553ecret-Key.0123', null],
  [`https://${KEY}.example/a.png`, null],
  [`https://${KEY.toUpperCase()}/a.png`, null],
  ['https://ｓecret-key.0123x.example/', null],
  ['https://sec\u00adret-key.0123x.example/', null],
  [`https://cdn.example/${btoa(KEY)}`, null],
  ['ftp://cdn.example/a.png', null],
  ['http://cdn.example/a.png', 'http://cdn.example/a.png'],
  [' https://cdn.example/a.png', null],
  ['https://', null],
  ['https://cdn.example/a b', null],
  [`https://cdn.example/${'a'.repeat(8200)}`, null],
])('the URL %s is safe as %j', (url, safe) => {
  expect(toSafeUrl(url, createRedactor(KEY))).toBe(safe);
});

test('every occurrence is removed, in any order of the encodings', () => {
  const base64 = btoa(KEY).replace(/=+$/, '');
  expect(createRedactor(KEY)(`${base64} ${KEY} ${base64} ${KEY}`)).toBe(
    '[redacted] [redacted] [redacted] [redacted]',
  );
});

test('a key at the end of a string is removed, however often it is URL-encoded', () => {
  const key = 'a"b/c&d-12345';
  const redact = createRedactor(key);
  for (let layers = 0, text = key; layers <= 3; layers++, text = encodeURIComponent(text)) {
    expect(redact(text)).toBe('[redacted]');
    expect(redact(`%25 ${text}`)).toBe('%25 [redacted]');
  }
});
