import * as fc from 'fast-check';

const codePoint = fc
  .integer({ min: 0, max: 0x10_ffff })
  .filter((one) => one < 0xd800 || one > 0xdfff);

/** One character; unlike fast-check's `binary`, it needs no table of all code points, which takes a second to create. */
const character = codePoint.map(
  (one) => String.fromCodePoint(one),
  (text) => {
    const [first, ...others] = Array.from(String(text));
    if (first === undefined || others.length > 0) throw new Error('not one character');
    return first.codePointAt(0) ?? 0;
  },
);

/** Any text that is valid Unicode. */
export const anyText = fc.string({ unit: character });
