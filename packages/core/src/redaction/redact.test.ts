import { describe, expect, test } from 'vitest';
import { createRedactor, toSafeUrl } from './redact.ts';

const keys = [
  'plain-key-1234',
  'a"b\\c/d&e<f>g\'h',
  'käse+schlüssel=🔑!',
  '$&.*(regex)[x]{2}^|',
  'AAAA????>>>>~~~~',
];

const html = (text: string) => text.replace(/[&<>"']/g, (found) => `&#${found.charCodeAt(0)};`);
const named = (text: string) =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#039;');
const json = (text: string) => JSON.stringify(text).slice(1, -1);
const percent = (text: string) => Buffer.from(text).toString('hex').replace(/../g, '%$&');

/** Every way in which a server may encode a key. */
const ways: [string, (key: string) => string][] = [
  ['unchanged', (key) => key],
  ['JSON', json],
  ['JSON in JSON', (key) => json(json(key))],
  ['JSON in JSON in JSON', (key) => json(json(json(key)))],
  [
    "PHP's JSON",
    (key) =>
      json(key)
        .replaceAll('/', '\\/')
        .replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
  ],
  [
    'all of it \\u',
    (key) =>
      Array.from(
        { length: key.length },
        (_, at) => `\\u${key.charCodeAt(at).toString(16).padStart(4, '0').toUpperCase()}`,
      ).join(''),
  ],
  ['URL', encodeURIComponent],
  ['URL, all bytes', percent],
  [
    'URL, lower case',
    (key) => encodeURIComponent(key).replace(/%../g, (found) => found.toLowerCase()),
  ],
  ['URL in a URL', (key) => encodeURIComponent(encodeURIComponent(key))],
  ['URL in a URL, all bytes, twice', (key) => percent(percent(key))],
  ['JSON in a URL', (key) => encodeURIComponent(json(key))],
  ['JSON in JSON in a URL', (key) => encodeURIComponent(json(json(key)))],
  ['HTML in a URL', (key) => encodeURIComponent(html(key))],
  [
    'HTML with names in a URL in a URL',
    (key) => encodeURIComponent(encodeURIComponent(named(key))),
  ],
  ['a form', (key) => new URLSearchParams({ key }).toString().slice(4)],
  ['HTML', html],
  ['HTML with names', named],
  ["HTML with XML's name too", (key) => named(key).replaceAll('&#039;', '&apos;')],
  [
    'HTML in hexadecimal',
    (key) => Array.from(key, (found) => `&#x${(found.codePointAt(0) ?? 0).toString(16)};`).join(''),
  ],
  ['base64', (key) => Buffer.from(key).toString('base64')],
  ['base64 in a URL', (key) => encodeURIComponent(Buffer.from(key).toString('base64'))],
  ['base64url', (key) => Buffer.from(key).toString('base64url')],
];

describe.each(keys)('the key %s', (key) => {
  test.each(ways)('written as %s', (_, write) => {
    const redact = createRedactor(key);
    expect(redact(`<${write(key)}> and ${write(key)}.`)).toMatch(
      /^<\[redacted\]=*(%3D)*> and \[redacted\]=*(%3D)*\.$/,
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
