import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseCommand } from '../test/runner/commands.ts';
import { escapeMarkdown, formatError, toLogLine, truncate } from './text.ts';

describe('toLogLine', () => {
  test.each([
    '::error::x',
    '  ::set-output name=a::b',
    '\u0085::set-output name=a::b',
    '\u2028::set-output name=a::b',
    'x\n::set-output name=a::b',
    'x\r::set-output name=a::b',
    'x\r\n##[error]y',
    '##[error]x',
    'a ##[add-mask]x',
    '##[debug]x ##[add-mask]x',
    '::a::##[group]',
  ])('prevents the runner from executing %j', (text) => {
    const lines = toLogLine(text).split(/[\r\n\u0085\u2028\u2029]/);
    expect(lines.map(parseCommand)).toEqual([null]);
  });

  test('prevents the runner from executing any text', () => {
    const unit = fc.constantFrom(
      '::',
      '##[',
      ']',
      ' ',
      '\n',
      '\r',
      'error',
      'add-mask',
      '#',
      '[',
      ':',
    );
    fc.assert(
      fc.property(fc.array(unit), (units) => {
        expect(parseCommand(toLogLine(units.join('')))).toBeNull();
      }),
      { seed: 20_261_121 },
    );
  });

  test('does not change other texts', () => {
    const text = 'my-model: success, std::vector [x] (HTTP 200)';
    expect(toLogLine(text)).toBe(text);
  });

  test('keeps all characters of a command that it disarms', () => {
    expect(toLogLine('::error::x ##[debug]y')).toBe(': :error::x ## [debug]y');
  });

  test('limits a line', () => {
    expect(toLogLine('x'.repeat(60_000)).length).toBeLessThan(3000);
  });
});

describe('escapeMarkdown', () => {
  test.each([
    ['a<b>&"c"', 'a&#60;b&#62;&#38;&#34;c&#34;'],
    ['|', '&#124;'],
    ['a\n\n# b', 'a &#35; b'],
    ['##[error]x', '&#35;&#35;&#91;error&#93;x'],
    ['![x](https://e.com)', '&#33;&#91;x&#93;(https&#58;//e.com)'],
    ['see www.e.com or WWW.e.com', 'see www&#46;e.com or WWW&#46;e.com'],
    ['a\u0085b\u009b31mc\u001bd', 'a b 31mc d'],
    ['my-\u202egnp.exe', 'my- gnp.exe'],
    ['Model not found: my-model.', 'Model not found: my-model.'],
  ])('escapes %j', (text, expected) => {
    expect(escapeMarkdown(text)).toBe(expected);
  });
});

test.each([
  ['Rate limit exceeded.', 'Rate limit exceeded. Wait.'],
  ['Gone', 'Gone. Wait.'],
  ['Really?', 'Really? Wait.'],
  ['Version 1.5 is gone', 'Version 1.5 is gone. Wait.'],
])('formatError joins %j with its hint', (message, expected) => {
  expect(formatError({ message, hint: 'Wait.' })).toBe(expected);
});

test('truncate returns at most what an annotation may contain', () => {
  expect(truncate('x'.repeat(4000))).toHaveLength(4000);
  expect(truncate('x'.repeat(5000))).toHaveLength(4001);
});
