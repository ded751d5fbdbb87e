import { expect, test } from 'vitest';
import { parseUrl } from './url.ts';

test('A URL is parsed; any other text gives null.', () => {
  expect(parseUrl('https://cdn.example/ä.png')?.href).toBe('https://cdn.example/%C3%A4.png');
  expect(parseUrl('cdn.example')).toBeNull();
});

test('A URL with Latin-1 letters stays valid when the function is optimized.', () => {
  const rejected = Array.from({ length: 30_000 }, () => parseUrl('https://käse.example/ä.png'));
  expect(rejected.filter((url) => url === null)).toEqual([]);
});
