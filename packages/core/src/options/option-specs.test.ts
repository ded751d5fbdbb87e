import { describe, expect, test } from 'vitest';
import type { OptionName } from './option-rules.ts';
import { OPTION_SPECS } from './option-specs.ts';
import { checkOption, parseOption } from './check-option.ts';

const names = Object.keys(OPTION_SPECS) as OptionName[];

test.each(names)('the row of %s is complete', (name) => {
  const spec = OPTION_SPECS[name];
  expect(spec.summary).toMatch(/^[^.].*[^.]$/);
  expect('default' in spec).toBe(!('defaultSummary' in spec));
  if (spec.default !== undefined) expect(checkOption(name, spec.default)).toBe(spec.default);
});

test.each<[OptionName, unknown, unknown]>([
  ['timeoutMs', undefined, 600_000],
  ['concurrency', undefined, 2],
  ['pollIntervalMs', undefined, undefined],
  ['maxAgeMs', 0, 0],
  ['maxAgeMs', 1e12, 1e12],
  ['timeoutMs', 2 ** 31 - 1, 2 ** 31 - 1],
  ['until', 'image', 'image'],
  ['allowInsecureHttp', false, false],
])('%s: %j is checked to be %j', (name, value, checked) => {
  expect(checkOption(name, value)).toBe(checked);
});

test.each<[OptionName, unknown, string]>([
  [
    'timeoutMs',
    0,
    'x must be a number of milliseconds of at least 1 and at most 2147483647 (24 days), not 0.',
  ],
  [
    'timeoutMs',
    2 ** 31,
    'x must be a number of milliseconds of at least 1 and at most 2147483647 (24 days), not 2147483648.',
  ],
  [
    'timeoutMs',
    null,
    'x must be a number of milliseconds of at least 1 and at most 2147483647 (24 days), not null.',
  ],
  ['maxAgeMs', Number.NaN, 'x must be a number of milliseconds of at least 0, not NaN.'],
  ['maxRetries', '3', 'x must be a whole number of at least 0, not "3".'],
  ['until', {}, "x must be 'accepted', 'success' or 'image', not an object."],
  ['allowInsecureHttp', 'false', 'x must be true or false, not "false".'],
  ['imagePrompt', ' ', 'x must be text that describes an image, not " ".'],
  ['userAgent', ' a', 'x must be plain ASCII text that does not start with a space, not " a".'],
  ['baseUrl', () => {}, 'x must be text, not a function.'],
])('%s: %j is rejected', (name, value, message) => {
  expect(() => checkOption(name, value, 'x')).toThrow(
    expect.objectContaining({ code: 'invalid_argument', message }),
  );
});

describe('the text of an option', () => {
  test.each<[OptionName, string, unknown]>([
    ['timeoutMs', '90s', 90_000],
    ['timeoutMs', ' 1.5h ', 5_400_000],
    ['maxAgeMs', '0', 0],
    ['maxAgeMs', '90d', 7_776_000_000],
    ['maxRetries', '0', 0],
    ['concurrency', ' 5 ', 5],
    ['until', ' accepted ', 'accepted'],
    ['allowInsecureHttp', 'True', true],
    ['allowInsecureHttp', 'false', false],
    ['imagePrompt', ' a stone ', ' a stone '],
    ...names.flatMap((name): [OptionName, string, unknown][] => [
      [name, '', undefined],
      [name, ' \t', undefined],
    ]),
  ])('%s: %j is %j', (name, text, value) => {
    expect(parseOption(name, text)).toBe(value);
  });

  test.each<[OptionName, string, RegExp]>([
    ['timeoutMs', '90', /^--x must be a duration above 0 and up to 24 days, not "90"\.$/],
    ['timeoutMs', '0s', /^--x must be a duration above 0/],
    ['maxAgeMs', '-1s', /^--x must be a duration, not "-1s"\.$/],
    ['maxRetries', '-1', /^--x must be a whole number of at least 0, not -1\.$/],
    ['maxRetries', '1.5', /^--x must be a whole number of at least 0, not "1.5"\.$/],
    ['concurrency', '0', /^--x must be a whole number of at least 1, not 0\.$/],
    ['concurrency', '1e3', /not "1e3"/],
    ['until', 'Success', /^--x must be 'accepted', 'success' or 'image', not "Success"\.$/],
    ['allowInsecureHttp', 'yes', /^--x must be true or false, not "yes"\.$/],
  ])('%s: %j is rejected', (name, text, message) => {
    expect(() => parseOption(name, text, '--x')).toThrow(message);
  });
});
