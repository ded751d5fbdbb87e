import { parseUrl } from './url.ts';
import { createBase64Searches, dropBreaks } from './base64.ts';
import { decodeLevels } from './decode.ts';
import { toLayer } from './layer.ts';
import { createSearch, type Range } from './search.ts';

/** Replaces the key in a string. */
export const REDACTED = '[redacted]';

/**
 * Creates a function that removes the key from a string: unchanged in either case, JSON-escaped (also as PHP does it),
 * URL-encoded, HTML-escaped, any mixture and nesting of these, and in base64, alone or inside something longer, over
 * line breaks too. Its time is linear in the length of the string, whatever the key is.
 */
export function createRedactor(key: string): (text: string) => string {
  if (key === '') return (text) => text;
  const levelsOfKey = decodeLevels(toLayer(key));
  // A key that contains an escape itself is decoded with the text.
  const searches = [...new Set([levelsOfKey[0], levelsOfKey.at(-1)])].flatMap((level) =>
    level ? [createSearch(level)] : [],
  );
  const echoes = [...new Set([key, JSON.stringify(key).slice(1, -1)])];
  const base64Searches = echoes.flatMap((echo) => createBase64Searches(echo));
  return (text) => {
    // No encoding is shorter than the key, and most texts of the API are.
    if (text.length < key.length) return text;
    const found: Range[] = [];
    const levels = decodeLevels(toLayer(text));
    for (const level of levels) for (const search of searches) search(level, found);
    for (const level of new Set([levels[0], levels.at(-1)])) {
      if (!level) continue;
      const joined = dropBreaks(level);
      for (const search of base64Searches) search(joined, found);
    }
    return found.length === 0 ? text : replace(text, found);
  };
}

/** Maximum length of an image URL. */
const MAX_URL_LENGTH = 8192;

/**
 * Returns the normalized form of a web URL; null if it is not one, or if it contains the key. Parsing turns a host in
 * capitals, in full-width letters or with soft hyphens into plain letters, so the parsed URL is checked as well.
 */
export function toSafeUrl(url: string, redact: (text: string) => string): string | null {
  if (url.length > MAX_URL_LENGTH || !/^https?:\/\/\S+$/i.test(url)) return null;
  const href = parseUrl(url)?.href;
  if (href === undefined) return null;
  return [url, href].every((form) => redact(form) === form) ? href : null;
}

/** Replaces the ranges; overlapping ranges count as one. */
function replace(text: string, ranges: Range[]): string {
  const merged: Range[] = [];
  for (const [from, to] of ranges.toSorted((one, other) => one[0] - other[0])) {
    const last = merged.at(-1);
    if (last && from < last[1]) last[1] = Math.max(last[1], to);
    else merged.push([from, to]);
  }
  let result = '';
  let copied = 0;
  for (const [from, to] of merged) {
    result += text.slice(copied, from) + REDACTED;
    copied = to;
  }
  return result + text.slice(copied);
}
