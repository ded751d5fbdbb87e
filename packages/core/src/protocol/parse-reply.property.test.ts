import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { errorCodeSchema } from '../schema.ts';
import { parseReply } from './parse-reply.ts';
import { createRedactor } from '../redaction/redact.ts';

const KEY = 'key-0123456789';
const redact = createRedactor(KEY);

/** Words that the rules match, so that random texts contain them. */
const phrase = fc.constantFrom(
  'rate limit',
  'spam filter',
  'same request',
  'Invalid API key',
  'Insufficient credits',
  'Model not found',
  'Model id not found',
  'Invalid API Request',
  'is reloading',
  'started',
  'queued',
  'try again',
  'wait for 30 seconds',
  KEY,
);
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  phrase,
  fc.array(phrase).map((all) => all.join(' ')),
);
const field = fc.oneof(
  text,
  fc.jsonValue(),
  fc.dictionary(fc.string(), fc.array(text)),
  fc.constantFrom('success', 'processing', 'error', 'failed', ' Success ', 30, -1, 1e308),
);
const names = [
  'status',
  'message',
  'messege',
  'tip',
  'tips',
  'tip_1',
  'retry_after',
  'data',
  'eta',
];
const apiBody = fc
  .uniqueArray(fc.constantFrom(...names))
  .chain((some) =>
    fc
      .record(Object.fromEntries(some.map((name) => [name, field])))
      .map((body) => JSON.stringify(body)),
  );
const body = fc.oneof(
  apiBody,
  apiBody,
  fc.json(),
  fc.string({ unit: 'binary' }),
  fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('latin1')),
);
const reply = fc.record({
  status: fc.oneof(
    fc.integer({ min: 100, max: 999 }),
    fc.constantFrom(200, 400, 401, 404, 429, 500),
  ),
  headers: fc.dictionary(
    fc.constantFrom('retry-after', 'content-type', 'x'),
    fc.oneof(text, fc.array(text), fc.constantFrom('30', 'Sat, 21 Nov 2026 20:15:45 GMT')),
  ),
  text: body,
});

test('any reply can be parsed', () => {
  fc.assert(
    fc.property(reply, (any) => {
      const reading = parseReply(any, redact, 0);
      expect(['success', 'processing', 'error']).toContain(reading.status);
      expect(reading.failure !== null).toBe(reading.status === 'error');
      if (reading.status !== 'error') expect(Math.floor(any.status / 100)).toBe(2);
      if (reading.failure === null) return;
      const { code, message, hint, httpStatus, retryAfterMs } = reading.failure;
      expect(errorCodeSchema.safeParse(code).success).toBe(true);
      expect(message).not.toBe('');
      expect(hint).not.toBe('');
      expect(httpStatus).toBe(any.status);
      expect(
        retryAfterMs === null || (Number.isSafeInteger(retryAfterMs) && retryAfterMs >= 0),
      ).toBe(true);
    }),
    { numRuns: 3000 },
  );
});

test('every text of a parsed reply is one bounded, printable line', () => {
  fc.assert(
    fc.property(reply, (any) => {
      const { apiStatus, apiMessage, failure } = parseReply(any, redact, 0);
      for (const line of [apiStatus, apiMessage, failure?.message, failure?.hint]) {
        if (line === null || line === undefined) continue;
        // oxlint-disable-next-line no-control-regex
        expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/);
        expect(line.length).toBeLessThan(2100);
        expect(line).not.toContain(KEY);
      }
    }),
    { numRuns: 3000 },
  );
});

test('the key does not change what a reply means', () => {
  fc.assert(
    fc.property(reply, phrase, (any, key) => {
      const [one, other] = [key, 'another-key'].map((each) =>
        parseReply(any, createRedactor(each.replaceAll(' ', '')), 0),
      );
      expect(one?.status).toBe(other?.status);
      expect(one?.failure?.code).toBe(other?.failure?.code);
    }),
  );
});

// A quadratic rule would need hours for these, and the test would time out.
test.each([
  '\\',
  ' ',
  'wait for 1',
  'is still ',
  'model ',
  'key is ',
  'invalid ',
  '<',
  '{',
  '&#0',
  '%6',
  '\u202e',
])('a mebibyte of %j is read in one pass', (part) => {
  const long = part.repeat(2 ** 20 / part.length);
  for (const written of [long, JSON.stringify({ status: long, message: long, tips: long })]) {
    expect(
      parseReply({ status: 200, headers: { 'retry-after': long }, text: written }, redact, 0)
        .status,
    ).toBe('error');
  }
});
