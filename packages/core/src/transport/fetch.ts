import { createTooLargeError, isGzip, MAX_BODY_BYTES } from './body-limit.ts';
import type { Transport } from './types.ts';

/**
 * Creates a transport over the global `fetch`, for Workers and other hosts without Node's sockets. It follows no
 * redirect, decodes a compressed body, and stops reading after 1 MiB.
 */
export function createFetchTransport(): Transport {
  return async ({ url, method, headers, body }, signal) => {
    // `manual` returns the redirect itself; following it would forward the key.
    const response = await fetch(url, { method, headers, body, signal, redirect: 'manual' });
    const bytes = await readAll(response.body);
    // A proxy may compress the body without naming the encoding, in which case `fetch` leaves it unchanged.
    const decoded = isGzip(bytes) ? await readAll(decompress(bytes)) : bytes;
    return {
      // Some hosts hide the status of a redirect.
      status: response.type === 'opaqueredirect' ? 302 : response.status,
      headers: Object.fromEntries(response.headers),
      text: new TextDecoder().decode(decoded),
    };
  };
}

function decompress(bytes: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array> {
  return new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
}

/** Reads a stream to its end, or cancels it as soon as it is too large. */
async function readAll(
  stream: ReadableStream<Uint8Array> | null,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = stream?.getReader();
  for (;;) {
    const { done = true, value } = (await reader?.read()) ?? {};
    if (done || value === undefined) break;
    length += value.length;
    if (length > MAX_BODY_BYTES) {
      reader?.cancel().catch(() => {});
      throw createTooLargeError();
    }
    chunks.push(value);
  }
  const all = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}
