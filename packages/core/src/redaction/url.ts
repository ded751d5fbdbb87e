/**
 * Parses a URL; returns null if it is not valid. In place of `URL.canParse`, which in Node 20 and 22 rejects valid URLs
 * with Latin-1 letters after some thousand calls.
 */
export function parseUrl(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}
