import { expect, test } from 'vitest';
import { defaultOf } from './option-types.ts';

test.each([
  ['timeoutMs', '10m'],
  ['requestTimeoutMs', '150s'],
  ['maxRetries', '3'],
] as const)('the default of %s is %s, as a user would type it', (name, text) => {
  expect(defaultOf(name)).toBe(text);
});
