import { parseUrl } from '../options/url.ts';
import { createBase64Searches, dropBreaks } from './base64.ts';
import { decodeLevels } from './decode.ts';
import { toLayer } from './layer.ts';
import { createSearch } from './search.ts';

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
  const patterns = [levelsOfKey[0], levelsOfKey.at(-1)].map((level) => level?.text ?? '');
  const searches = [...new Set(patterns)].map((pattern) => createSearch(pattern));
  const echoes = [...new Set([key, JSON.stringify(key).slice(1, -1)])];
  const base64Searches = echoes.flatMap((echo) => createBase64Searches(echo));
  return (text) => {
    // No encoding is shorter than the key, and most texts of the API are.
    if (text.length < key.length) return text;
    /** The end of the longest range that begins at each position. */
    const ends = new Uint32Array(text.length);
    const mark = (from: number, to: number) => void (ends[from] = Math.max(ends[from] ?? 0, to));
    const levels = decodeLevels(toLayer(text));
    for (const level of levels) for (const search of searches) search(level, mark);
    for (const level of new Set([levels[0], levels.at(-1)])) {
      if (!level) continue;
      const joined = dropBreaks(level);
      for (const search of base64Searches) search(joined, mark);
    }
    return replace(text, ends);
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

/** Replaces the ranges by their ends; overlapping ranges count as one. */
function replace(text: string, ends: Uint32Array): string {
  let result = '';
  let copied = 0;
  for (let at = 0; at < text.length; at++) {
    let end = ends[at] ?? 0;
    if (end === 0) continue;
    result += text.slice(copied, at) + REDACTED;
    for (; at < end; at++) end = Math.max(end, ends[at] ?? 0);
    copied = end;
    at = end - 1;
  }
  return result + text.slice(copied);
}
