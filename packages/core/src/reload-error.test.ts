import { expect, test, vi } from 'vitest';
import { failure } from './failure.ts';
import { ReloadError } from './reload-error.ts';
import { outcomeBefore } from './operations/reload.ts';

const refused = failure('rate_limited', 'Rate limit exceeded', {
  httpStatus: 429,
  retryAfterMs: 30_000,
});

test('it says to which model it happened, and keeps what is known', () => {
  const outcome = outcomeBefore('my-model', 0);
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

test('an error of another copy of the package is one too', async () => {
  vi.resetModules();
  const copy = await import('./reload-error.ts');
  expect(copy.ReloadError).not.toBe(ReloadError);
  expect(ReloadError.isInstance(new copy.ReloadError(refused))).toBe(true);
});

test.each([null, undefined, 'x', {}, new Error('x'), { code: 'rate_limited' }])(
  '%s is none',
  (value) => {
    expect(ReloadError.isInstance(value)).toBe(false);
  },
);
