import type { Body } from './parse-request.ts';
import { parsePath } from './parse-request.ts';
import type { EmulatorRequest, RecordedRequest } from './types.ts';

const REDACTED = '[redacted]';

// A shorter key is not a secret, and would match parts of ordinary words.
const MIN_SECRET_LENGTH = 6;

/** Records a request without keys: neither the valid one nor the one that was sent. */
export function recordRequest(
  request: EmulatorRequest,
  body: Body | null,
  apiKey: string,
  at: number,
): RecordedRequest {
  const redact = createRedactor(new Set([apiKey, body?.['key']]));
  const headers = Object.entries(request.headers).map(([name, value]): [string, string] => {
    const lower = name.toLowerCase();
    const hasSecret = lower === 'authorization' || redact(value) !== value;
    return [redact(lower), hasSecret ? REDACTED : value];
  });
  const modelId = body?.['model_id'];
  return {
    at,
    method: request.method,
    path: redact(parsePath(request.url)),
    headers: Object.fromEntries(headers),
    modelId: typeof modelId === 'string' ? redact(modelId) : null,
    keyIsValid: body?.['key'] === apiKey,
    fieldNames: Object.keys(body ?? {}).map(redact),
    reply: 'open',
    endedAt: null,
  };
}

function createRedactor(keys: ReadonlySet<unknown>): (text: string) => string {
  // In upper and lower case, because header names are converted to lower case.
  const secrets = [...keys]
    .filter(isSecret)
    .flatMap(listEncodings)
    .map((secret) => new RegExp(secret.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'), 'gi'));
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
