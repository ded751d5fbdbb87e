import { afterEach, expect, test, vi } from 'vitest';
import { redactKeys } from './known-keys.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

test.each([
  [7, false],
  [8, true],
  [4096, true],
  [4097, false],
])('a key of %i characters is redacted: %s', (length, isRedacted) => {
  const key = 'k'.repeat(length);
  vi.stubEnv('MODELSLAB_API_KEY', key);
  expect(redactKeys(`"${key}"`)).toBe(isRedacted ? '"[redacted]"' : `"${key}"`);
});
