import { rewrite, toLayer, type Layer } from './layer.ts';
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
    return [createSearch(toLayer(pattern).text, offset === 0 ? 0 : 1, end % 6 === 0 ? 0 : 1)];
  });
}

/** Returns a layer without whitespace and escaped line breaks, and with base64url as base64. */
export function dropBreaks(layer: Layer): Layer {
  return rewrite(layer, /[\t\n\r ]+|\\+[nr]?|[-_]/g, (found) => {
    if (found === '-') return '+';
    if (found === '_') return '/';
    return found.endsWith('\\') ? found : '';
  });
}
