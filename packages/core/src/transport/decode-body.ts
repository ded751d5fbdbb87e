import { createTooLargeError, isGzip, MAX_BODY_BYTES } from './body-limit.ts';

/**
 * Decodes a body to text. Some servers and proxies compress it although compression was not requested, with or without
 * a header. A body that does not match its declared encoding is returned unchanged.
 *
 * @throws an error with the code `UND_ERR_RES_EXCEEDED_MAX_SIZE` for more than 1 MiB of decoded bytes
 */
export async function decodeBody(
  body: Uint8Array,
  contentEncoding: string | string[] | undefined,
): Promise<string> {
  const named = [contentEncoding ?? []].flat().join(',').toLowerCase();
  const encodings = named.split(',').map((name) => name.trim());
  if (isGzip(body) && !/gzip/.test(named)) encodings.push('gzip');
  let decoded = body;
  for (const encoding of encodings.toReversed()) decoded = await decode(decoded, encoding);
  return new TextDecoder().decode(decoded);
}

async function decode(body: Uint8Array, encoding: string): Promise<Uint8Array> {
  if (!/^(?:x-)?gzip$|^deflate$|^br$/.test(encoding)) return body;
  // Imported only when needed, because replies are rarely compressed.
  const { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync } =
    await import('node:zlib');
  const options = { maxOutputLength: MAX_BODY_BYTES };
  const decoders = {
    br: [brotliDecompressSync],
    // Some servers send the raw form.
    deflate: [inflateSync, inflateRawSync],
    gzip: [gunzipSync],
  }[encoding.replace('x-', '')];
  for (const decoder of decoders ?? []) {
    try {
      return decoder(body, options);
    } catch (error) {
      if (error instanceof RangeError) throw createTooLargeError();
    }
  }
  return body;
}
