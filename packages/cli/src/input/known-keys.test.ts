import { expect, test } from 'vitest';
import { createKnownKeys } from './known-keys.ts';

test.each([
  [7, false],
  [8, true],
  [4096, true],
  [4097, false],
])('a key of %i characters is redacted: %s', (length, isRedacted) => {
  const key = 'k'.repeat(length);
  const { redactKeys } = createKnownKeys({ MODELSLAB_API_KEY: key });
  expect(redactKeys(`"${key}"`)).toBe(isRedacted ? '"[redacted]"' : `"${key}"`);
});
