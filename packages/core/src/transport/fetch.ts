import { isGzip, MAX_BODY_BYTES, readStream, TooLargeError } from './body.ts';
import type { Transport } from './types.ts';

/**
 * Creates a transport over the global `fetch`, for Workers and other hosts without Node's sockets. It follows no
 * redirect, decodes a compressed body, and stops reading after 1 MiB.
 */
export function createFetchTransport(): Transport {
  return async ({ url, method, headers, body }, signal) => {
    const init = {
      method,
      headers,
      body,
      signal,
      // Returns the redirect itself; following it would forward the key.
      redirect: 'manual' as const,
      // The `fetch` of Next.js 13 and 14 caches the replies to a POST too, so a poll would get an old one. Others ignore
      // the field. `cache: 'no-store'` has the same effect, but Workers with a date before 2024-11-11 reject it.
      next: { revalidate: 0 },
    };
    const response = await fetch(url, init);
    const bytes = await readStream(response.body, MAX_BODY_BYTES);
    // A proxy may compress the body without naming the encoding, in which case `fetch` leaves it unchanged.
    const decoded = isGzip(bytes) ? await gunzip(bytes) : bytes;
    return {
      // Some hosts hide the status of a redirect.
      status: response.type === 'opaqueredirect' ? 302 : response.status,
      headers: Object.fromEntries(response.headers),
      text: new TextDecoder().decode(decoded),
    };
  };
}

/** Decompresses a body; returns it unchanged if it only begins like gzip. */
async function gunzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  try {
    return await readStream(stream, MAX_BODY_BYTES);
  } catch (error) {
    if (error instanceof TooLargeError) throw error;
    return bytes;
  }
}
