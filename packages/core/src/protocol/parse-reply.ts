import { createFailure, type Failure } from '../errors.ts';
import type { ErrorCode } from '../outcome.ts';
import type { TransportReply } from '../transport/types.ts';
import { toLine } from '../text.ts';
import { isObjectOfLists, readText } from './reply-text.ts';
import { readRetryAfter } from './retry-after.ts';

/** The interpretation of one response, or of the failure to get one. */
export interface ParsedReply {
  status: 'success' | 'processing' | 'error';
  /** null without a whole response. */
  httpStatus: number | null;
  /** False for a response that something else than the API sent, and without one. */
  isApiReply: boolean;
  /** The API's own status word, redacted; null without one. */
  apiStatus: string | null;
  /** The API's own message, redacted; null without one. */
  apiMessage: string | null;
  /** The response's fields, as sent and not redacted; empty if it is not a JSON object. */
  body: Record<string, unknown>;
  /** Not null exactly when `status` is `error`. */
  failure: Failure | null;
}

interface Rule {
  code: ErrorCode;
  test: RegExp;
}

/** What a text means, whatever the HTTP status. The first rule that matches decides. */
const TEXT_RULES: readonly Rule[] = [
  {
    code: 'rate_limited',
    test: /\brate limit|\bspam filter|\bsame request\b|\btoo many requests\b/i,
  },
  {
    code: 'unauthorized',
    test: /\binvalid (?:api ?)?key\b|\bkey (?:is |was )?(?:invalid|incorrect|expired|not valid)\b/i,
  },
  {
    code: 'payment_required',
    test: /\b(?:insufficient|not enough|out of) (?:credits?|balance|funds)\b/i,
  },
  { code: 'model_not_found', test: /\bmodel (?:id )?(?:was )?not found\b/i },
  { code: 'invalid_request', test: /\binvalid api request\b/i },
];

/** What an HTTP status means where the text decides nothing; the body is the API's. */
const HTTP_STATUS_CODES: Record<number, ErrorCode> = {
  400: 'invalid_request',
  402: 'payment_required',
  403: 'forbidden',
  404: 'model_not_found',
};

/** A refusal for rate that is about the same request alone, not about the account. */
const SAME_REQUEST = /\bspam filter|\bsame request\b/i;

/**
 * Texts that say that loading goes on, though the status word says 'success': the API's other long
 * calls use 'success' for 'accepted' ('model load started').
 */
const STILL_LOADING =
  /\bis (?:still |now |currently |being )?(?:re)?loading\b|\bstarted\b|\bqueued\b|\bin progress\b|\bwill take\b/i;

const TRY_AGAIN = /(?<!\bnot )\b(?:try again|retry)\b/i;

/**
 * Reads one reply. Pure and total: any status, headers and text give a reading.
 *
 * @param redact takes the key out of a text; every text of the reading has been through it
 * @param now milliseconds since 1970, to read a `Retry-After` that is a date
 */
export function parseReply(
  reply: TransportReply,
  redact: (text: string) => string,
  now: number,
): ParsedReply {
  const { status: httpStatus } = reply;
  const body = parseObject(reply.text);
  const message = readText(body.message) ?? readText(body.messege);
  const word = readText(body.status);
  const isApiBody = word !== null || message !== null;

  // The rules read a bounded line; unredacted, so that no key can change what a reply means.
  const tip = tipsOf(body).join(' ');
  const text = toLine(tip === '' ? (message ?? '') : `${message ?? ''} ${tip}`);

  const clean = (raw: string | null) => (raw === null ? null : toLine(redact(raw)) || null);
  const apiStatus = clean(word);
  const apiMessage = clean(message);
  const read = (status: ParsedReply['status'], failed: Failure | null = null): ParsedReply => ({
    status,
    httpStatus,
    isApiReply: isApiBody,
    apiStatus,
    apiMessage,
    body,
    failure: failed,
  });
  const failed = (code: ErrorCode, retryable: boolean, otherwise: string) =>
    read(
      'error',
      createFailure(code, apiMessage ?? otherwise, {
        hint: clean(tip) ?? undefined,
        httpStatus,
        retryAfterMs: readRetryAfter(body, reply.headers, text, now) ?? undefined,
        retryable,
        scope: code === 'rate_limited' && SAME_REQUEST.test(text) ? 'request' : 'account',
      }),
    );

  const plainWord = word?.trim().toLowerCase();
  const is2xx = httpStatus >= 200 && httpStatus < 300;
  if (is2xx && (plainWord === 'success' || plainWord === 'processing')) {
    return read(plainWord === 'success' && STILL_LOADING.test(text) ? 'processing' : plainWord);
  }

  const answered = `The server answered HTTP ${httpStatus}`;
  const withStatus = apiStatus !== null ? `${answered} with the status '${apiStatus}'` : answered;
  if (httpStatus === 429) return failed('rate_limited', true, withStatus);
  if (httpStatus === 401 && isApiBody) return failed('unauthorized', false, withStatus);
  if (isApiBody) {
    const rule = TEXT_RULES.find(({ test }) => test.test(text));
    if (rule) return failed(rule.code, rule.code === 'rate_limited', withStatus);
    if (isObjectOfLists(body.message ?? body.messege))
      return failed('invalid_request', false, withStatus);
  }
  if (httpStatus >= 500 && httpStatus < 600) return failed('server_error', true, withStatus);
  if (httpStatus >= 300 && httpStatus < 400) {
    return failed('unexpected_response', false, `${answered}, a redirect, which is not followed`);
  }
  if (isApiBody && !(is2xx && word === null)) {
    const code = HTTP_STATUS_CODES[httpStatus];
    return code
      ? failed(code, false, withStatus)
      : failed('api_error', TRY_AGAIN.test(text), withStatus);
  }
  return failed('unexpected_response', false, `HTTP ${httpStatus} with ${nameOf(reply, body)}`);
}

// A loop: with filter and flatMap this alone took longer than to parse the reply.
function tipsOf(body: Record<string, unknown>): string[] {
  const tips: string[] = [];
  for (const name of Object.keys(body)) {
    if (!/^tips?(?:_\d+)?$/.test(name)) continue;
    const tip = readText(body[name]);
    if (tip !== null) tips.push(tip);
  }
  return tips;
}

/** The JSON object in a text; an empty one where there is none. */
function parseObject(text: string): Record<string, unknown> {
  try {
    // Some servers put a byte order mark before their JSON.
    const value: unknown = JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What a body that is not the API's looks like, without quoting it. */
function nameOf(reply: TransportReply, body: Record<string, unknown>): string {
  if (reply.text.trim() === '') return 'an empty body';
  if (Object.keys(body).length > 0 || /^\s*\{\s*\}\s*$/.test(reply.text))
    return 'no status in its JSON';
  if (/^\s*<(?:!doctype|html)/i.test(reply.text)) return 'an HTML page in place of JSON';
  return 'no JSON object';
}
