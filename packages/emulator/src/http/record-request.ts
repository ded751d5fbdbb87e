import type { Body } from './parse-request.ts';
import { parsePath } from './parse-request.ts';
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
  const redact = createRedactor(new Set([apiKey, body?.['key']]));
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

function createRedactor(keys: ReadonlySet<unknown>): (text: string) => string {
  // Not a regular expression, which cannot be as large as a key. In lower case too, as the names of headers are.
  const secrets = [...keys]
    .filter(isSecret)
    .flatMap(listEncodings)
    .flatMap((secret) => [secret, secret.toLowerCase()]);
  return (text) => secrets.reduce((left, secret) => left.replaceAll(secret, REDACTED), text);
}

function isSecret(key: unknown): key is string {
  return typeof key === 'string' && key.length >= MIN_SECRET_LENGTH;
}

function listEncodings(key: string): string[] {
  const bytes = Buffer.from(key);
  // From the bytes, because an unpaired surrogate cannot be URL-encoded.
  return [key, encodeURIComponent(bytes.toString()), bytes.toString('base64')];
}
