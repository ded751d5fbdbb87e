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

/**
 * Returns true for a host, as in `URL.hostname`, that is this machine. Such a request is never sent through a proxy and
 * may use plain HTTP, because the key does not leave the machine.
 */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
