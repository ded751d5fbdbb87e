import { readMessage } from '../protocol/parse-body.ts';
import { findPhrase, MODEL, UNLOADED } from '../protocol/phrases.ts';
import { toMatchable } from '../protocol/reply-text.ts';
import { readStream } from '../transport/body.ts';

/** An error and its causes; the bound is for an error that is its own cause. */
const MAX_CAUSES = 5;

/** A longer body of a `Response` is not read; no error of the API is longer. */
const MAX_BYTES = 65_536;

type Used = PromiseSettledResult<unknown>;

/**
 * Interprets what `use` threw or returned. The message of an error, of its `response.data`, `body` or `cause`, or of a
 * returned body or `Response` with the status `error` or `failed` may mean that the model is unloaded; otherwise `use`
 * failed for a reason of its own.
 */
export async function interpret(used: Used): Promise<'unloaded' | 'failed' | 'succeeded'> {
  try {
    return await (used.status === 'fulfilled' ? readValue(used.value) : readError(used.reason));
  } catch {
    // A getter or a proxy may throw. What `use` threw or returned must not be replaced by that.
    return used.status === 'fulfilled' ? 'succeeded' : 'failed';
  }
}

async function readValue(value: unknown) {
  const body = await bodyOf(value);
  if (!isError(value, body)) return 'succeeded';
  return isUnloaded(body) ? 'unloaded' : 'failed';
}

async function readError(reason: unknown) {
  let error = reason;
  for (let depth = 0; depth < MAX_CAUSES && error != null; depth++) {
    const { response, body, cause } = toFields(error);
    const texts = [await bodyOf(error), await bodyOf(response), toFields(response).data, body];
    if (texts.some((text) => isUnloaded(text))) return 'unloaded';
    error = cause;
  }
  return 'failed';
}

function isError(value: unknown, body: unknown): boolean {
  const { status } = toFields(body);
  if (typeof status === 'string') return /^(?:error|failed)$/i.test(status.trim());
  return isResponse(value) && !value.ok;
}

/** Returns true if a text, or the message of a body, means that a model is unloaded, and nothing that comes first. */
function isUnloaded(body: unknown): boolean {
  const text = typeof body === 'string' ? toMatchable(body) : readMessage(toFields(body));
  const code = findPhrase(text);
  return code ? code === 'model_not_found' : MODEL.test(text) && UNLOADED.test(text);
}

/** Returns the JSON of a `Response`, whose body can still be read afterwards, or null; any other value unchanged. */
async function bodyOf(value: unknown): Promise<unknown> {
  if (!isResponse(value)) return value;
  try {
    if (!/\bjson\b/i.test(value.headers.get('content-type') ?? '')) return null;
    const bytes = await readStream(value.clone().body, MAX_BYTES);
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null;
  }
}

/** Returns true for a `Response`, one of another realm or package included. */
function isResponse(value: unknown): value is Response {
  if (typeof value !== 'object' || value === null) return false;
  const { ok, headers, clone }: { ok?: unknown; headers?: unknown; clone?: unknown } = value;
  return typeof ok === 'boolean' && typeof headers === 'object' && typeof clone === 'function';
}

function toFields(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return {};
  // The message and the cause of an error are not enumerable.
  const { message, cause }: { message?: unknown; cause?: unknown } = value;
  return { ...value, message, cause };
}
