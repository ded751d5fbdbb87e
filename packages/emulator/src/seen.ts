import type { EmulatorRequest, RecordedRequest } from './exchange.ts';

/** The fields of a JSON object. */
export type Body = Readonly<Record<string, unknown>>;

/** Null where the text is no JSON object. */
export function bodyOf(text: string): Body | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function pathOf(url: string): string {
  const path = URL.canParse(url) ? new URL(url).pathname : url;
  return path.split(/[?#]/, 1)[0] ?? '';
}

/** What may be kept of a request: everything but keys, the right one or whichever was sent. */
export function seenOf(request: EmulatorRequest, apiKey: string, at: number): RecordedRequest {
  const body = bodyOf(request.body);
  const secrets = [apiKey, body?.['key']].filter(isTellable).flatMap(disguisesOf);
  const redact = (text: string): string =>
    secrets.reduce((left, secret) => left.replaceAll(secret, redacted), text);
  const headers = Object.entries(request.headers).map(([name, value]): [string, string] => {
    const lower = name.toLowerCase();
    const isSecret = lower === 'authorization' || redact(value) !== value;
    return [lower, isSecret ? redacted : value];
  });
  const modelId = body?.['model_id'];
  return {
    at,
    method: request.method,
    path: redact(pathOf(request.url)),
    headers: Object.fromEntries(headers),
    modelId: typeof modelId === 'string' ? redact(modelId) : null,
    keyIsValid: body?.['key'] === apiKey,
    fieldNames: Object.keys(body ?? {}).map(redact),
    reply: 'open',
    endedAt: null,
  };
}

const redacted = '[redacted]';

// A shorter key than this is no secret, and cannot be told from a part of an ordinary word.
const shortestSecret = 6;

function isTellable(key: unknown): key is string {
  return typeof key === 'string' && key.length >= shortestSecret;
}

function disguisesOf(key: string): string[] {
  const bytes = Buffer.from(key);
  // By way of the bytes, since half a surrogate pair cannot be URL-encoded.
  return [key, encodeURIComponent(bytes.toString()), bytes.toString('base64')];
}
