import type { TransportReply } from '../transport/types.ts';
import { firstOf } from './reply-text.ts';

/**
 * Returns the milliseconds after which a reply requests a retry: `retry_after` (body, seconds), `Retry-After` (header,
 * seconds or a date), 'wait for N seconds' (text), in this order; null if it specifies no time.
 *
 * @param nowMs milliseconds since 1970; a date is read against the reply's own `Date` header, if it has one,
 *   because the two clocks may differ by hours
 */
export function readRetryAfter(
  body: Record<string, unknown>,
  headers: TransportReply['headers'],
  text: string,
  nowMs: number,
): number | null {
  const header = firstOf(headers['retry-after']);
  const at = parseHttpDate(header);
  const repliedAt = parseHttpDate(firstOf(headers.date)) ?? nowMs;
  return (
    parseSeconds(body.retry_after) ??
    parseSeconds(header) ??
    (at === null ? parsePhrase(text) : Math.max(0, Math.ceil(at - repliedAt)))
  );
}

/** A longer `eta` is capped to this, because no load is known to take 10 minutes. */
const MAX_ETA_MS = 600_000;

/** Returns the remaining milliseconds of the load according to the reply's `eta` (seconds); null without one. */
export function readEta(body: Record<string, unknown>): number | null {
  const ms = parseSeconds(body.eta);
  return ms === null ? null : Math.min(ms, MAX_ETA_MS);
}

function parseSeconds(value: unknown): number | null {
  const isNumeric =
    typeof value === 'string' && /^\s{0,9}\d{1,15}(?:\.\d{1,15})?\s{0,9}$/.test(value);
  if (!isNumeric && typeof value !== 'number') return null;
  const ms = Math.ceil(Number(value) * 1000);
  return Number.isSafeInteger(ms) && ms >= 0 ? ms : null;
}

function parseHttpDate(value: string | undefined): number | null {
  // Every form of an HTTP date begins with the day's name; Date.parse alone accepts far more.
  if (value === undefined || !/^[a-z]{3}/i.test(value)) return null;
  const at = Date.parse(value);
  return Number.isNaN(at) ? null : at;
}

function parsePhrase(text: string): number | null {
  const [, digits, unit] =
    /\bwait (?:for )?(\d{1,9}(?:\.\d{1,9})?) ?(s|m)(?:(?:ec(?:ond)?|in(?:ute)?)s?)?\b/i.exec(
      text,
    ) ?? [];
  const seconds = parseSeconds(digits);
  return seconds === null ? null : seconds * (unit?.toLowerCase() === 'm' ? 60 : 1);
}
