import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCommand } from '../test/runner/commands.ts';
import { plain } from './log.ts';

describe('plain', () => {
  it.each([
    '::error::x',
    '  ::set-output name=a::b',
    '##[error]x',
    'a ##[add-mask]x',
    '::a::##[group]',
  ])('keeps the runner from obeying %j', (text) => {
    expect(parseCommand(plain(text))).toBeNull();
  });

  it('keeps the runner from obeying any text', () => {
    const piece = fc.constantFrom('::', '##[', ']', ' ', 'error', 'add-mask', '#', '[', ':', 'x');
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        expect(parseCommand(plain(pieces.join('')))).toBeNull();
      }),
    );
  });

  it('leaves other texts as they are', () => {
    const text = 'my-model: success, std::vector [x] (HTTP 200)';
    expect(plain(text)).toBe(text);
  });
});
