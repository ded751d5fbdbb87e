import { brotliCompressSync, constants, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { decodeBody } from './decode-body.ts';

const TEXT = '{"status":"success","message":"模型 reloaded"}';
const MAX_BYTES = 1024 * 1024;

describe('decodeBody', () => {
  test.each([
    ['plain text', Buffer.from(TEXT), undefined],
    ['plain text named identity', Buffer.from(TEXT), 'identity'],
    ['gzip', gzipSync(TEXT), 'gzip'],
    ['gzip by its old name', gzipSync(TEXT), 'X-GZip '],
    ['gzip without a name', gzipSync(TEXT), undefined],
    ['gzip by another name', gzipSync(TEXT), 'br'],
    ['deflate', deflateSync(TEXT), 'deflate'],
    ['deflate without its header', deflateRawSync(TEXT), 'deflate'],
    ['br', brotliCompressSync(TEXT), 'br'],
    ['br by its name in capitals', brotliCompressSync(TEXT), ' BR'],
    ['plain text named gzip', Buffer.from(TEXT), 'gzip'],
    ['plain text named deflate', Buffer.from(TEXT), 'deflate'],
    ['plain text named br', Buffer.from(TEXT), 'br'],
    ['an unknown encoding', Buffer.from(TEXT), 'rot13'],
  ])('reads %s', async (_what, body, contentEncoding) => {
    expect(await decodeBody(body, contentEncoding, MAX_BYTES)).toBe(TEXT);
  });

  test.each([
    // The first byte contains the window, the second one the length.
    ['first', brotliCompressSync(TEXT, { params: { [constants.BROTLI_PARAM_LGWIN]: 24 } }), 0],
    ['second', brotliCompressSync(TEXT.padEnd(136)), 1],
  ])("reads br whose %s byte equals gzip's", async (_which, body, at) => {
    expect(body[at]).toBe([0x1f, 0x8b][at]);
    expect((await decodeBody(body, 'br', MAX_BYTES)).trim()).toBe(TEXT);
  });

  test.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ])('rejects a %s body that decompresses to more than the limit', async (name, compress) => {
    const bomb = compress(Buffer.alloc(8 * MAX_BYTES));
    expect(bomb.length).toBeLessThan(MAX_BYTES / 4);
    await expect(decodeBody(bomb, name, MAX_BYTES)).rejects.toMatchObject({
      code: 'UND_ERR_RES_EXCEEDED_MAX_SIZE',
      message: 'The decompressed body is too large',
    });
    const fitting = compress(Buffer.alloc(MAX_BYTES, ' '));
    expect(await decodeBody(fitting, name, MAX_BYTES)).toHaveLength(MAX_BYTES);
  });

  test('returns a truncated body unchanged', async () => {
    const cut = gzipSync(TEXT).subarray(0, 20);
    expect(await decodeBody(cut, 'gzip', MAX_BYTES)).toBe(cut.toString());
  });
});
