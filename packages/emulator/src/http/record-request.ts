import { parsePath, type Body } from './parse-request.ts';
import type { EmulatorRequest, RecordedRequest } from './types.ts';

const REDACTED = '[redacted]';

/** A request may have a million field names, or one of a million characters, and its record stays in memory. */
const MAX_LENGTH = 1000;
const MAX_NAMES = 100;

// A shorter key is not a secret, and would match parts of ordinary words.
const MIN_SECRET_LENGTH = 6;

/** Records a request with bounded texts and without keys: neither the valid one nor the one that was sent. */
export function recordRequest(
  request: EmulatorRequest,
  body: Body | null,
  apiKey: string,
  at: number,
): RecordedRequest {
  const redact = createRedactor([apiKey, body?.['key']]);
  // Redacted first, because truncating could leave a part of the key.
  const show = (text: string) => truncate(redact(text));
  const headers = Object.entries(request.headers).map(([name, value]): [string, string] => {
    const lower = name.toLowerCase();
    const hasSecret = lower === 'authorization' || redact(value) !== value;
    return [show(lower), hasSecret ? REDACTED : truncate(value)];
  });
  const modelId = body?.['model_id'];
  return {
    at,
    method: request.method,
    path: show(parsePath(request.url)),
    headers: Object.fromEntries(headers.slice(0, MAX_NAMES)),
    modelId: typeof modelId === 'string' ? show(modelId) : null,
    keyIsValid: body?.['key'] === apiKey,
    fieldNames: Object.keys(body ?? {})
      .slice(0, MAX_NAMES)
      .map(show),
    reply: 'open',
    endedAt: null,
  };
}

function truncate(text: string): string {
  return text.length <= MAX_LENGTH ? text : `${text.slice(0, MAX_LENGTH)}…`;
}

function createRedactor(keys: readonly unknown[]): (text: string) => string {
  const secrets = keys.flatMap((key) => {
    if (typeof key !== 'string' || key.length < MIN_SECRET_LENGTH) return [];
    const bytes = Buffer.from(key);
    // From the bytes, because an unpaired surrogate cannot be URL-encoded.
    const encodings = [key, encodeURIComponent(bytes.toString()), bytes.toString('base64')];
    // In lower case too, as the names of headers are.
    return [...encodings, ...encodings.map((text) => text.toLowerCase())];
  });
  // Not a regular expression, which cannot be as large as a key.
  return (text) => secrets.reduce((left, secret) => left.replaceAll(secret, REDACTED), text);
}
