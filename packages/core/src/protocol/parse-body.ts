import type { TransportReply } from '../transport/types.ts';
import { knownStatus } from './http-status.ts';
import { FRAMEWORK, FRAMEWORK_FIELD } from './phrases.ts';
import { firstOf, isObject, isObjectOfLists, readText, toMatchable } from './reply-text.ts';

/** The fields of a response, its status and its message, not redacted. */
export interface ParsedBody {
  /** Empty without a JSON object; a bare array is the field `data`. */
  fields: Record<string, unknown>;
  /** False if something other than the API sent it. */
  isApiReply: boolean;
  /** The status word; null without one. */
  status: string | null;
  /** The message as sent: a string, or an object of lists. */
  rawMessage: unknown;
  message: string | null;
  /** What to do, in addition to the message; empty without a tip. */
  tips: string;
}

/** Parses the body of a response. Pure and total. */
export function parseBody({ status: httpStatus, headers, text }: TransportReply): ParsedBody {
  const fields = parseFields(text);
  const status = typeof fields.status === 'string' ? readText(fields.status) : null;
  const rawMessage = findMessage(fields);
  const message = readText(rawMessage);
  const isApiReply =
    !isProblem(headers) &&
    (status !== null ||
      (message !== null &&
        knownStatus(httpStatus).isDocumented === true &&
        !FRAMEWORK.test(toMatchable(message)) &&
        !Object.keys(fields).some((name) => FRAMEWORK_FIELD.test(name))) ||
      isObjectOfLists(rawMessage));
  return { fields, isApiReply, status, rawMessage, message, tips: readTips(fields) };
}

/** Returns the message of a body and its tips, for the patterns. */
export function readMessage(fields: Record<string, unknown>): string {
  const message = readText(findMessage(fields)) ?? '';
  return `${toMatchable(message)} ${toMatchable(readTips(fields))}`;
}

/** Returns the first message field that is not empty. `error` may be an object with a `message`. */
function findMessage({ message, messege, error }: Record<string, unknown>): unknown {
  if (readText(message) !== null) return message;
  if (readText(messege) !== null) return messege;
  if (typeof error === 'string') return error;
  if (!isObject(error)) return null;
  return readText(error.message) !== null || !isObjectOfLists(error) ? error.message : error;
}

function readTips(fields: Record<string, unknown>): string {
  return Object.keys(fields)
    .filter((name) => /^tips?(?:_\d+)?$/.test(name))
    .map((name) => readText(fields[name]))
    .filter((tip) => tip !== null)
    .join(' ');
}

/** Returns true for problem+json (RFC 9457), which proxies and frameworks send and the API does not. */
function isProblem(headers: TransportReply['headers']): boolean {
  return /\bproblem\+json\b/i.test(firstOf(headers['content-type']) ?? '');
}

function parseFields(text: string): Record<string, unknown> {
  const value = parseJson(text) ?? parseBesideWarning(text);
  if (Array.isArray(value)) return { data: value };
  return isObject(value) ? value : {};
}

function parseJson(text: string): unknown {
  try {
    // Some servers put a byte order mark before their JSON.
    return JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text);
  } catch {
    return undefined;
  }
}

/** A PHP message, in HTML or plain text: `Warning: Undefined array key "x" in /a.php on line 3`. */
const PHP_WARNING =
  /(?:^|[>\n}\s])(?:PHP )?(?:Warning|Notice|Deprecated|Fatal error|Strict Standards)(?:<\/b>)?: /;

/** Parses the JSON object in a string with a PHP warning before or after it. */
function parseBesideWarning(text: string): unknown {
  if (!PHP_WARNING.test(text) || /^\s*<(?:!doctype|html)/i.test(text)) return undefined;
  const end = text.lastIndexOf('}') + 1;
  // The warning may contain a brace, but hardly one that is followed by a quote or another brace.
  const start = text.search(/\{\s*["}]/);
  return start === -1 ? undefined : parseJson(text.slice(start, end));
}
