import { expect, test } from 'vitest';
import { MAX_BODY_BYTES, readBody } from './parse-request.ts';

test('a body is decoded as a whole, because a character may be split between two chunks', async () => {
  const bytes = Buffer.from('{"model_id":"é"}');
  const split = bytes.indexOf(0xc3) + 1;
  const chunks = [bytes.subarray(0, split), bytes.subarray(split)];
  expect(await readBody(iterate(chunks))).toBe('{"model_id":"é"}');
});

test('a body that is too large is read to its end, but only its beginning is kept', async () => {
  const chunk = Buffer.alloc(2 ** 16, 'a');
  let read = 0;
  const chunks = (function* () {
    for (; read < 100; read++) yield chunk;
  })();
  const text = await readBody(iterate(chunks));
  expect(read).toBe(100);
  expect(text.length).toBeGreaterThan(MAX_BODY_BYTES);
  expect(text.length).toBeLessThanOrEqual(MAX_BODY_BYTES + 2 * chunk.length);
});

async function* iterate(chunks: Iterable<Buffer>): AsyncGenerator<Buffer> {
  yield* chunks;
}
