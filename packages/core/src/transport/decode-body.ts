import { promisify } from 'node:util';
import type { InputType, ZlibOptions } from 'node:zlib';
import { isGzip, MAX_BODY_BYTES, TooLargeError } from './body.ts';

/** More encodings only cost time: 16 KB of headers have room for 3,000 names. */
const MAX_ENCODINGS = 2;

/**
 * Decodes a body to text. Some servers and proxies compress it although compression was not requested, with or without
 * a header. A body that does not match its declared encoding is returned as far as it does, and one with more than two
 * encodings unchanged.
 *
 * @throws an error with the code `UND_ERR_RES_EXCEEDED_MAX_SIZE` for more than 1 MiB of decoded bytes
 */
export async function decodeBody(
  body: Uint8Array,
  contentEncoding: string | string[] | undefined,
): Promise<string> {
  const names = [contentEncoding ?? []].flat().join(',').toLowerCase().split(',');
  const encodings = names.map((name) => name.trim().replace(/^x-|^identity$/, '')).filter(Boolean);
  if (isGzip(body) && !encodings.includes('gzip')) encodings.push('gzip');
  let decoded = body;
  if (encodings.length <= MAX_ENCODINGS) {
    for (const encoding of encodings.toReversed()) {
      const layer = await decode(decoded, encoding);
      if (layer === null) break;
      decoded = layer;
    }
  }
  return new TextDecoder().decode(decoded);
}

/** Decodes one layer; null if the encoding is unknown or does not match. */
async function decode(body: Uint8Array, encoding: string): Promise<Uint8Array | null> {
  if (!/^(?:gzip|deflate|br)$/.test(encoding)) return null;
  // Imported only when needed, because replies are rarely compressed.
  const { brotliDecompress, gunzip, inflate, inflateRaw } = await import('node:zlib');
  const decoders = {
    br: [brotliDecompress],
    // Some servers send the raw form.
    deflate: [inflate, inflateRaw],
    gzip: [gunzip],
  }[encoding];
  for (const decoder of decoders ?? []) {
    try {
      // In the background, so that the deadline and other calls go on.
      return await promisify<InputType, ZlibOptions, Buffer>(decoder)(body, {
        maxOutputLength: MAX_BODY_BYTES,
      });
    } catch (error) {
      if (error instanceof RangeError) throw new TooLargeError();
    }
  }
  return null;
}
