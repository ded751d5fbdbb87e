import { createFailure, type Failure } from '../errors.ts';
import type { ErrorCode, StatusWord } from '../outcome.ts';
import { toLine } from '../text.ts';
import type { TransportReply } from '../transport/types.ts';
import { is2xx, knownStatus } from './http-status.ts';
import { parseBody, readMessage, type ParsedBody } from './parse-body.ts';
import { findPhrase, LOADING_ERROR, SAME_REQUEST, STILL_LOADING, TRY_AGAIN } from './phrases.ts';
import { isObjectOfLists, toMatchable } from './reply-text.ts';
import { readRetryAfter } from './retry-after.ts';

/** The interpretation of one response, or of the failure to get one. */
export interface ParsedReply {
  status: 'success' | 'processing' | 'error';
  /** null without a complete response. */
  httpStatus: number | null;
  /** False without a response, and for a response that is not from the API. */
  isApiReply: boolean;
  /** The API's own status word, redacted; null without one. */
  apiStatus: StatusWord | null;
  /** The API's own message, redacted; null without one. */
  apiMessage: string | null;
  /** The response's fields, as sent and not redacted; empty if it is not a JSON object. */
  body: Record<string, unknown>;
  /** Not null exactly when `status` is `error`. */
  failure: Failure | null;
}

/** The part of a reply that the calls see. */
export type ReplyWords = Pick<ParsedReply, 'status' | 'httpStatus' | 'apiStatus' | 'apiMessage'>;

/**
 * Returns true if the API accepted the request, now or before. An error which means that loading continues counts as
 * `processing` as well, but accepts nothing.
 */
export function isAccepted({ status, httpStatus, apiStatus }: ReplyWords): boolean {
  return (
    status !== 'error' && is2xx(httpStatus) && /^(?:success|processing)$/i.test(apiStatus ?? '')
  );
}

/**
 * Parses one response. Pure and total: any status, headers and text give a result.
 *
 * @param redact removes the key from a string; every text of the result is redacted, except `body`
 * @param nowMs milliseconds since 1970, for a `Retry-After` date without a `Date` header
 */
export function parseReply(
  reply: TransportReply,
  redact: (text: string) => string,
  nowMs: number,
): ParsedReply {
  const { status: httpStatus } = reply;
  const parsed = parseBody(reply);
  const { fields, isApiReply, tips } = parsed;
  const clean = (raw: string | null) => (raw === null ? null : toLine(redact(raw)) || null);
  const apiStatus = isApiReply ? clean(parsed.status) : null;
  const apiMessage = isApiReply ? clean(parsed.message) : null;
  const create = (status: ParsedReply['status'], failure: Failure | null = null): ParsedReply => ({
    status,
    httpStatus,
    isApiReply,
    apiStatus,
    apiMessage,
    body: fields,
    failure,
  });

  const word = isApiReply ? parsed.status?.trim().toLowerCase() : undefined;
  // The rules read unredacted text, so that a key cannot change the meaning of a reply.
  const allTexts = () => `${toMatchable(parsed.message ?? '')} ${toMatchable(readOthers(parsed))}`;
  if (is2xx(httpStatus) && (word === 'success' || word === 'processing')) {
    const isLoading = word === 'success' && STILL_LOADING.test(allTexts());
    return create(isLoading ? 'processing' : word);
  }

  const text = readMessage(fields);
  const phraseCode = isApiReply ? decideByText(httpStatus, parsed, text) : null;
  if (
    isApiReply &&
    phraseCode === null &&
    !knownStatus(httpStatus).isNeverLoading &&
    (word === 'processing' || LOADING_ERROR.test(allTexts()))
  ) {
    return create('processing');
  }
  const code = phraseCode ?? decideByStatus(httpStatus, parsed);
  const isRetryable =
    knownStatus(httpStatus).isRetryable === true || (code === 'api_error' && TRY_AGAIN.test(text));
  const message = apiMessage ?? describe(reply, parsed, code, apiStatus);
  const failure = createFailure(code, message, {
    hint: (isApiReply ? clean(tips) : null) ?? undefined,
    httpStatus,
    retryAfterMs: readRetryAfter(fields, reply.headers, text, nowMs),
    ...(isRetryable && { retryable: true }),
    scope: code === 'rate_limited' && SAME_REQUEST.test(text) ? 'request' : 'account',
  });
  return create('error', failure);
}

/** Decides the code of an API body by its text; null if no rule matches. */
function decideByText(
  httpStatus: number,
  { rawMessage }: ParsedBody,
  text: string,
): ErrorCode | null {
  const code = findPhrase(text);
  // A 401 with a general text is about the key: its documented text is 'Invalid API Request'.
  if (code && !(httpStatus === 401 && code === 'invalid_request')) return code;
  if (httpStatus === 401) return 'unauthorized';
  return httpStatus !== 429 && isObjectOfLists(rawMessage) ? 'invalid_request' : null;
}

function decideByStatus(httpStatus: number, { isApiReply, status }: ParsedBody): ErrorCode {
  if (httpStatus === 429) return 'rate_limited';
  if (httpStatus >= 500 && httpStatus < 600) return 'server_error';
  if (!isApiReply || (httpStatus >= 300 && httpStatus < 400)) return 'unexpected_response';
  // Without a status word only a phrase can decide the code.
  if (status === null && (is2xx(httpStatus) || httpStatus === 404)) return 'unexpected_response';
  return knownStatus(httpStatus).code ?? 'api_error';
}

/** Joins the texts beside the message that may mean that loading continues. */
function readOthers({ fields, tips }: ParsedBody): string {
  // The API's own calls also have them as `data`, `logs` or `training_status`.
  const names = Object.keys(fields).filter((name) => /^(?:data|logs?|\w+_status)$/.test(name));
  const texts = names.map((name) => fields[name]).filter((field) => typeof field === 'string');
  return [tips, ...texts].join(' ');
}

/** Describes a reply without a message of the API. */
function describe(
  { status: httpStatus, text }: TransportReply,
  parsed: ParsedBody,
  code: ErrorCode,
  apiStatus: string | null,
): string {
  const returned = `The server returned HTTP ${httpStatus}`;
  if (code !== 'unexpected_response') {
    return apiStatus === null ? returned : `${returned} with the status '${apiStatus}'`;
  }
  if (httpStatus >= 300 && httpStatus < 400) {
    return `${returned}, a redirect, which is not followed`;
  }
  return `HTTP ${httpStatus} with ${describeBody(text, parsed)}`;
}

/** Describes a body that is not the API's, without quoting it. */
function describeBody(text: string, { fields, message }: ParsedBody): string {
  if (text.trim() === '') return 'an empty body';
  if (message !== null || 'detail' in fields) return 'a JSON message that is not from the API';
  if (/^\s*<(?:!doctype|html)/i.test(text)) return 'an HTML page instead of JSON';
  // A list has the field `data`, and an empty object has none.
  const isObject = Object.keys(fields).length > 0 && !/^\s*\[/.test(text);
  return isObject || /^\s*\{\s*\}\s*$/.test(text) ? 'no status in its JSON' : 'no JSON object';
}
