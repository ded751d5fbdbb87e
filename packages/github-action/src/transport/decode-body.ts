import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw, type ZlibOptions } from 'node:zlib';
import { createSystemError } from './system-error.ts';

type Decoder = (body: Buffer, options: ZlibOptions) => Promise<Buffer>;

const inflateZlib = promisify<Buffer, ZlibOptions, Buffer>(inflate);
const inflateWithoutHeader = promisify<Buffer, ZlibOptions, Buffer>(inflateRaw);

const DECODERS = new Map<string | undefined, Decoder>([
  ['gzip', promisify<Buffer, ZlibOptions, Buffer>(gunzip)],
  // The name means the zlib format, but some servers send it without its header.
  [
    'deflate',
    (body, options) => (isZlib(body) ? inflateZlib : inflateWithoutHeader)(body, options),
  ],
  ['br', promisify<Buffer, ZlibOptions, Buffer>(brotliDecompress)],
]);

/**
 * Returns the text of a body. A body is decompressed although the request did not allow compression, because some
 * proxies compress every reply, and some do not declare the encoding. A body that does not match its declared encoding
 * is returned unchanged.
 *
 * @param maxBytes limits the decompressed body, so that a small reply cannot fill the memory
 * @throws an error with the code `UND_ERR_RES_EXCEEDED_MAX_SIZE` above that
 */
export async function decodeBody(
  body: Buffer,
  contentEncoding: string | undefined,
  maxBytes: number,
): Promise<string> {
  const name = contentEncoding?.trim().toLowerCase();
  const decode = DECODERS.get(isGzip(body) ? 'gzip' : name);
  if (decode === undefined) return body.toString();
  try {
    return (await decode(body, { maxOutputLength: maxBytes })).toString();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE') {
      throw createSystemError(
        'UND_ERR_RES_EXCEEDED_MAX_SIZE',
        'The decompressed body is too large',
      );
    }
    return body.toString();
  }
}

function isGzip(body: Buffer): boolean {
  return body[0] === 0x1f && body[1] === 0x8b;
}

function isZlib(body: Buffer): boolean {
  return body[0] === 0x78;
}
