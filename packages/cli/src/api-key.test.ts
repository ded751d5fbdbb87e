import { expect, test } from 'vitest';
import { refuseApiKeyOption } from './api-key.ts';

test.each([
  ['--api-key', 'zzz'],
  ['--api-key=zzz'],
  ['--api_key=zzz'],
  ['--apikey', 'zzz'],
  ['--API-KEY=zzz'],
  ['-api-key', 'zzz'],
  ['my-model', '--api-key', 'zzz'],
])('%s %s is refused without the key', (...args) => {
  expect(() => refuseApiKeyOption(args)).toThrow(/MODELSLAB_API_KEY|cannot be given/);
  expect(() => refuseApiKeyOption(args)).not.toThrow(/zzz/);
});

test.each([['--api-key-file', 'key.txt'], ['my-model'], ['--', '--api-key']])(
  '%s %s is none',
  (...args) => {
    expect(() => refuseApiKeyOption(args)).not.toThrow();
  },
);
