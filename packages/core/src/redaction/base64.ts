import { createLayer, push, toLayer, type Layer } from './layer.ts';
import { createSearch, type Search } from './search.ts';

/** A shorter pattern is found in ordinary words. */
const MIN_LENGTH = 6;

/**
 * Returns searches for the base64 of a text in `dropBreaks` of a layer, alone or inside something longer, where it
 * begins at the first, second or third byte of a group. Base64url is found as well.
 */
export function createBase64Searches(text: string): Search[] {
  const bytes = Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte));
  const key = bytes.join('');
  return [0, 1, 2].flatMap((offset) => {
    const end = 8 * (offset + key.length);
    // Only the characters between depend on the text alone; the one before and the one after have some of its bits.
    const between = [Math.ceil((8 * offset) / 6), Math.floor(end / 6)] as const;
    const pattern = btoa(`${'\0'.repeat(offset)}${key}\0\0`).slice(...between);
    if (pattern.length < MIN_LENGTH) return [];
    return [createSearch(toLayer(pattern), offset === 0 ? 0 : 1, end % 6 === 0 ? 0 : 1)];
  });
}

const BACKSLASH = 0x5c;
const WHITESPACE = new Set([0x09, 0x0a, 0x0d, 0x20]);
/** `n` and `r`, which a backslash makes a line break. */
const BREAKS = new Set([0x6e, 0x72]);
/** The two characters in which base64url differs. */
const STANDARD = new Map([
  [0x2d, 0x2b],
  [0x5f, 0x2f],
]);

/** Returns a layer without whitespace and escaped line breaks, and with base64url as base64. */
export function dropBreaks({ units, starts, ends, length }: Layer): Layer {
  const joined = createLayer(length);
  for (let at = 0; at < length; at++) {
    const unit = units[at] ?? 0;
    if (WHITESPACE.has(unit)) continue;
    if (unit === BACKSLASH) {
      let end = at + 1;
      while (units[end] === BACKSLASH) end++;
      // The loop continues after the run, or after the line break that it escapes.
      at = BREAKS.has(units[end] ?? 0) ? end : end - 1;
      if (at === end) continue;
    }
    push(joined, STANDARD.get(unit) ?? unit, starts[at] ?? 0, ends[at] ?? 0);
  }
  return joined;
}
