import { expect, test, vi } from 'vitest';
import { ERROR_SPECS } from './error-codes.ts';
import { createFailure, ReloadError } from './errors.ts';
import { initialOutcome } from './outcome.ts';

const refused = createFailure('rate_limited', 'Rate limit exceeded', {
  httpStatus: 429,
  retryAfterMs: 30_000,
});

test.each(Object.entries(ERROR_SPECS))(
  'the hint of %s fits every host and does not repeat the meaning',
  (_code, { meaning, hint }) => {
    expect(hint).toMatch(/^[A-Z].*\.$/);
    // Only the library is called, only the command line has commands, and only a terminal shows backticks unchanged.
    expect(hint).not.toMatch(/\bcall (?:again|this)\b|\bcommand\b|`/);
    const [gist = ''] = meaning.split(':');
    expect(hint.toLowerCase()).not.toContain(gist.toLowerCase());
  },
);

test('an error names its model and keeps the outcome', () => {
  const outcome = initialOutcome('my-model', 0);
  const cause = new Error('below');
  expect(new ReloadError(refused, { outcome, cause })).toMatchObject({
    name: 'ReloadError',
    message: 'my-model: Rate limit exceeded',
    code: 'rate_limited',
    httpStatus: 429,
    retryAfterMs: 30_000,
    outcome,
    cause,
  });
});

test('JSON of an error has its message and its outcome, without the stack', () => {
  const outcome = initialOutcome('my-model', 0);
  expect(JSON.parse(JSON.stringify(new ReloadError(refused, { outcome })))).toEqual({
    name: 'ReloadError',
    code: 'rate_limited',
    message: 'my-model: Rate limit exceeded',
    hint: refused.hint,
    httpStatus: 429,
    retryAfterMs: 30_000,
    outcome,
  });
});

test('isInstance accepts an error of another copy of the package', async () => {
  vi.resetModules();
  const copy = await import('./errors.ts');
  expect(copy.ReloadError).not.toBe(ReloadError);
  expect(ReloadError.isInstance(new copy.ReloadError(refused))).toBe(true);
});

test.each([null, undefined, 'x', {}, new Error('x'), { code: 'rate_limited' }])(
  'isInstance rejects %s',
  (value) => {
    expect(ReloadError.isInstance(value)).toBe(false);
  },
);
