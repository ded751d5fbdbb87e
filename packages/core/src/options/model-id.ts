import { invalidArgument } from '../errors.ts';
import { BLANK_OR_INVISIBLE, codePointOf, quote } from '../text.ts';
import { rejectKey } from './api-key.ts';

/** The characters that no id has; the first match is the name of one. */
const FORBIDDEN: readonly [RegExp, string][] = [
  [/[\s\p{Z}]/u, 'whitespace'],
  [/,/, 'a comma'],
  [/["'`\u00b4\p{Pi}\p{Pf}\u201a\u201e]/u, 'a quote'],
  [/[<>\p{Ps}\p{Pe}]/u, 'a bracket'],
  [BLANK_OR_INVISIBLE, 'an invisible character'],
];

/**
 * Checks a model id. An id with whitespace, a comma, a quote, a bracket or an invisible character is rejected with the
 * position of that character, because the API would not find the model.
 *
 * @param apiKey the client's key, which no id may contain
 * @param redact its redactor, which thousands of ids can share; default: a new one
 * @throws {ReloadError} `invalid_argument`
 */
export function checkModelId(
  id: unknown,
  apiKey: string,
  redact?: (text: string) => string,
): asserts id is string {
  if (typeof id !== 'string') {
    throw invalidArgument(`A model id must be text, not ${quote(id)}.`);
  }
  if (id.trim() === '') throw invalidArgument('A model id is empty.', 'Remove it, or pass the id.');
  rejectKey('The model id', id, apiKey, redact);
  for (const [at, character] of Array.from(id).entries()) {
    const kind = FORBIDDEN.find(([pattern]) => pattern.test(character))?.[1];
    if (kind === undefined) continue;
    throw invalidArgument(
      `The model id ${quote(id)} has ${kind} at character ${at + 1} (U+${codePointOf(character).toUpperCase()}).`,
      character === ','
        ? 'Pass several ids separately.'
        : 'Pass the id without it; separate several ids.',
    );
  }
}
