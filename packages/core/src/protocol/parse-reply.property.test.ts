import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { errorCodeSchema } from '../schema.ts';
import { isAccepted, parseReply } from './parse-reply.ts';
import { createRedactor } from '../redaction/redact.ts';
import { anyText } from '../../test/any-text.ts';
import { isTried, runs } from '../../test/effort.ts';
import { expectLinearTime } from '../../test/linear-time.ts';

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
  anyText,
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
  anyText,
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
      if (reading.status === 'success') expect(isAccepted(reading)).toBe(true);
      if (isAccepted(reading)) expect(Math.floor(any.status / 100)).toBe(2);
      if ([401, 402, 403, 429].includes(any.status)) expect(reading.status).toBe('error');
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
    runs(3000),
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
    runs(3000),
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
    { seed: 20_261_121 },
  );
});

/** What the patterns look for, and what their repetitions match. */
const words = [
  'the route |could not be found|model |is |still |not |invalid |key |monthly |x |credits |has been ',
  'plan |quota |wait for 1|30 |a_|_status|tip_1|\\| |<|{|}|"|&#0|%6|\u202e|\n|#|;|Warning: |<!doctype|=|/|-|[',
].flatMap((some) => some.split('|'));

/** Where a reply may have a string of any length, and the HTTP status under which it is interpreted. */
const places: [number, (long: string) => string][] = [
  [200, (long) => long],
  [404, (message) => JSON.stringify({ message })],
  [500, (long) => JSON.stringify({ status: long, message: long, tips: long, data: long })],
  [200, (long) => JSON.stringify({ status: 'success', [long]: long, [`${long}_status`]: long })],
  [400, (long) => JSON.stringify({ error: { [long]: [long] } })],
  [200, (message) => `Warning: ${JSON.stringify({ status: 'success', message })}`],
];

function expectLinearParsing(part: string, [status, place]: (typeof places)[number]) {
  expectLinearTime((long) => {
    parseReply({ status, headers: { 'retry-after': long }, text: place(long) }, (raw) => raw, 0);
  }, part);
}

test.each(words)('the time to parse a reply that repeats %j is linear in its length', (word) => {
  const tried = places.filter((_, ofPlace) => isTried(words.indexOf(word), ofPlace));
  for (const place of tried) expectLinearParsing(word, place);
});

test('the time to parse a reply is linear in its length, whatever words it repeats', () => {
  const part = fc
    .array(fc.constantFrom(...words), { minLength: 2, maxLength: 4 })
    .map((parts) => parts.join(''));
  fc.assert(fc.property(part, fc.constantFrom(...places), expectLinearParsing), runs(60));
});

test('a key across the end of a long message is removed', () => {
  for (let length = 1990 - KEY.length; length < 2005; length++) {
    const message = `${'x'.repeat(length)} ${KEY}`;
    const parsed = parseReply(
      {
        status: 400,
        headers: {},
        text: JSON.stringify({ status: message, message, tips: message }),
      },
      redact,
      0,
    );
    const texts = [
      parsed.apiStatus,
      parsed.apiMessage,
      parsed.failure?.message,
      parsed.failure?.hint,
    ];
    for (const shown of texts) expect(shown).not.toMatch(/key-/);
  }
});
