import type { TransportReply } from '../transport/types.ts';

/**
 * Milliseconds after which a reply says to ask again: `retry_after` (body, seconds), `Retry-After`
 * (header, seconds or a date), 'wait for N seconds' (text), in this order; null if it names none.
 */
export function readRetryAfter(
  body: Record<string, unknown>,
  headers: TransportReply['headers'],
  text: string,
  now: number,
): number | null {
  const sent = headers['retry-after'];
  const header = Array.isArray(sent) ? sent[0] : sent;
  return (
    fromSeconds(body.retry_after) ??
    fromSeconds(header) ??
    fromDate(header, now) ??
    fromSeconds(/\bwait (?:for )?(\d{1,9}(?:\.\d{1,9})?) ?s(?:ec(?:ond)?s?)?\b/i.exec(text)?.[1])
  );
}

/** An `eta` beyond this is cut to it: no load is known to take 10 minutes. */
const MAX_ETA_MS = 600_000;

/** Milliseconds that the load still takes by the reply's `eta` (seconds); null if it names none. */
export function readEta(body: Record<string, unknown>): number | null {
  const ms = fromSeconds(body.eta);
  return ms === null ? null : Math.min(ms, MAX_ETA_MS);
}

function fromSeconds(value: unknown): number | null {
  if (typeof value === 'string' && !/^\s{0,9}\d{1,15}(?:\.\d{1,15})?\s{0,9}$/.test(value))
    return null;
  if (typeof value !== 'string' && typeof value !== 'number') return null;
  const ms = Math.ceil(Number(value) * 1000);
  return Number.isSafeInteger(ms) && ms >= 0 ? ms : null;
}

function fromDate(value: string | undefined, now: number): number | null {
  // Every form of an HTTP date begins with the day's name; Date.parse alone takes far more.
  if (value === undefined || !/^[a-z]{3}/i.test(value)) return null;
  const at = Date.parse(value);
  return Number.isNaN(at) ? null : Math.max(0, Math.ceil(at - now));
}
