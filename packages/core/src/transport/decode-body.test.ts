import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { decodeBody } from './decode-body.ts';

const TEXT = '{"status":"success","message":"käse🔑"}';
const plain = Buffer.from(TEXT);
const broken = (compressed: Buffer) => Buffer.from(compressed.fill(0xff, compressed.length - 5));

test.each<[string, Buffer, string | string[] | undefined]>([
  ['a plain body', plain, undefined],
  ['an encoding that means none', plain, 'identity'],
  ['an empty header', plain, ''],
  ['gzip', gzipSync(plain), 'gzip'],
  ['gzip by its old name', gzipSync(plain), 'x-gzip'],
  ['gzip in other letters, with blanks', gzipSync(plain), ' GZip '],
  ['gzip without a header', gzipSync(plain), undefined],
  ['gzip with another name', gzipSync(plain), 'identity'],
  ['deflate', deflateSync(plain), 'deflate'],
  ['deflate without its header', deflateRawSync(plain), 'deflate'],
  ['Brotli', brotliCompressSync(plain), 'br'],
  ['two encodings', gzipSync(brotliCompressSync(plain)), 'br, gzip'],
  ['an encoding that means none, last', gzipSync(plain), 'gzip, identity'],
  ['two headers', gzipSync(deflateSync(plain)), ['deflate', 'gzip']],
  ['an encoding and gzip without a header', gzipSync(deflateSync(plain)), 'deflate'],
  ['a plain body that is declared as gzip', plain, 'gzip'],
  ['a plain body that is declared as Brotli', plain, 'br'],
  ['a plain body with an unknown encoding', plain, 'zstd'],
  ['a plain body with three encodings', plain, 'gzip, gzip, gzip'],
])('a body is decoded: %s', async (_, body, contentEncoding) => {
  expect(await decodeBody(body, contentEncoding)).toBe(TEXT);
});

test('the first layer that does not match ends the decoding', async () => {
  const inner = broken(gzipSync(plain));
  expect(await decodeBody(deflateSync(inner), 'gzip, deflate')).toBe(
    new TextDecoder().decode(inner),
  );
  expect(await decodeBody(inner, 'br, gzip')).toBe(new TextDecoder().decode(inner));
});

test('a body with more than two encodings is not decoded', async () => {
  const body = gzipSync(gzipSync(gzipSync(plain)));
  expect(await decodeBody(body, 'gzip, gzip, gzip')).toBe(new TextDecoder().decode(body));
});

test('decoding does not block the event loop', async () => {
  const body = gzipSync(Buffer.alloc(2 ** 20 - 10, 'a'));
  await decodeBody(body, 'gzip');
  const order: string[] = [];
  setImmediate(() => order.push('another callback'));
  await decodeBody(body, 'gzip');
  order.push('decoded');
  expect(order).toEqual(['another callback', 'decoded']);
});

test.each<[string, Buffer, string | undefined]>([
  ['gzip', gzipSync(Buffer.alloc(2 ** 20 + 1)), 'gzip'],
  ['gzip without a header', gzipSync(Buffer.alloc(2 ** 20 + 1)), undefined],
  ['deflate', deflateSync(Buffer.alloc(2 ** 20 + 1)), 'deflate'],
  ['raw deflate', deflateRawSync(Buffer.alloc(2 ** 20 + 1)), 'deflate'],
  ['Brotli', brotliCompressSync(Buffer.alloc(2 ** 20 + 1)), 'br'],
  ['two layers', gzipSync(gzipSync(Buffer.alloc(2 ** 22))), 'gzip, gzip'],
  ['an outer layer', gzipSync(gzipSync(Buffer.alloc(2 ** 20), { level: 0 })), 'gzip, gzip'],
])('more than 1 MiB of decoded bytes is too large: %s', async (_, body, contentEncoding) => {
  await expect(decodeBody(body, contentEncoding)).rejects.toMatchObject({
    code: 'UND_ERR_RES_EXCEEDED_MAX_SIZE',
  });
});

test('exactly 1 MiB is not too large', async () => {
  expect(await decodeBody(gzipSync(Buffer.alloc(2 ** 20, 'a')), 'gzip')).toHaveLength(2 ** 20);
});
