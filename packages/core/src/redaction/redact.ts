import { createSearch, type Range } from './find-key.ts';
import { searchUrlLayers } from './url-layers.ts';

/** Replaces the key in a string. */
export const REDACTED = '[redacted]';

/**
 * Creates a function that removes the key from a string: unchanged in either case, JSON-escaped (also as PHP does it),
 * URL-encoded, HTML-escaped, any mixture of these, all of that URL-encoded once or twice more, and as base64 of the key
 * alone. Its time is linear in the text, regardless of the key.
 */
export function createRedactor(key: string): (text: string) => string {
  const bytes = new TextEncoder().encode(key);
  const base64 = btoa(String.fromCharCode(...bytes)).replace(/={1,2}$/, '');
  const base64Url = base64.replaceAll('+', '-').replaceAll('/', '_');
  const searches = [...new Set([key, base64, base64Url])].map((form) =>
    searchUrlLayers(createSearch(form)),
  );
  return (text) => {
    // No encoding is shorter than the key, and most texts of the API are.
    if (text.length < key.length) return text;
    const found = searches.flatMap((search) => search(text));
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
  if (url.length > MAX_URL_LENGTH || !/^https?:\/\/\S+$/i.test(url) || !URL.canParse(url)) {
    return null;
  }
  const { href } = new URL(url);
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
