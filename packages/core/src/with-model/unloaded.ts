import { readMessage } from '../protocol/parse-body.ts';
import { MODEL, PHRASES, UNLOADED } from '../protocol/phrases.ts';
import { toMatchable } from '../protocol/reply-text.ts';
import { isResponse, readJson } from './response.ts';

/** What `use` threw, or what it returned. */
export type Used<Result = unknown> =
  | { isThrown: false; value: Result }
  | { isThrown: true; value: unknown };

/** An error and its causes; the bound is for an error that is its own cause. */
const MAX_CAUSES = 5;

/**
 * Returns true if what `use` threw or returned means that the model is unloaded: the message of an error, of its
 * `response.data`, `body` or `cause`, or of a returned body or `Response` with the status `error` or `failed`.
 */
export async function meansUnloaded({ isThrown, value }: Used): Promise<boolean> {
  if (!isThrown) return isError(value, await bodyOf(value)) && isUnloaded(await bodyOf(value));
  let error = value;
  for (let depth = 0; depth < MAX_CAUSES && error != null; depth++) {
    const { response, body, cause } = toFields(error);
    const texts = [await bodyOf(error), await bodyOf(response), toFields(response).data, body];
    if (texts.some((text) => isUnloaded(text))) return true;
    error = cause;
  }
  return false;
}

/** Returns true if `use` failed for another reason, which does not concern the model. */
export async function meansFailure({ isThrown, value }: Used): Promise<boolean> {
  return isThrown || isError(value, await bodyOf(value));
}

async function bodyOf(value: unknown): Promise<unknown> {
  return isResponse(value) ? await readJson(value) : value;
}

function isError(value: unknown, body: unknown): boolean {
  const { status } = toFields(body);
  if (typeof status === 'string') return /^(?:error|failed)$/i.test(status.trim());
  return isResponse(value) && !value.ok;
}

/** Returns true if a text, or the message of a body, means that a model is unloaded, and nothing that comes first. */
function isUnloaded(body: unknown): boolean {
  const text = typeof body === 'string' ? toMatchable(body) : readMessage(toFields(body));
  const phrase = PHRASES.find(({ anyOf }) => anyOf.some((regExp) => regExp.test(text)));
  if (phrase) return phrase.code === 'model_not_found';
  return MODEL.test(text) && UNLOADED.test(text);
}

function toFields(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return {};
  try {
    // The message and the cause of an error are not enumerable.
    const { message, cause }: { message?: unknown; cause?: unknown } = value;
    return { ...value, message, cause };
  } catch {
    // A getter may throw. What `use` threw must not be replaced by that.
    return {};
  }
}
