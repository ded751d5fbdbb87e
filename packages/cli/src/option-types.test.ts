import { expect, test } from 'vitest';
import { defaultOf, shortDuration, valuesOf } from './option-types.ts';

test.each([
  ['timeoutMs', '10m'],
  ['maxRetries', '3'],
] as const)('the default of %s is %s, as a user would type it', (name, text) => {
  expect(defaultOf(name)).toBe(text);
});

test('the values of an option are named, with the default', () => {
  expect(valuesOf('until')).toBe('accepted | success (default) | image');
});

test.each([
  [172_800_000, '2d'],
  [7_200_000, '2h'],
  [600_000, '10m'],
  [150_000, '150s'],
  [1500, '1500ms'],
])('%i ms are written as %s', (ms, text) => {
  expect(shortDuration(ms)).toBe(text);
});
