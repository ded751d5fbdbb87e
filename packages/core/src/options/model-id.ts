import { invalidArgument } from '../errors.ts';
import { BLANK_OR_INVISIBLE, quote } from '../text.ts';
import { containsKey, keyIn } from './api-key.ts';

const QUOTE = /["'`\u00b4\p{Pi}\p{Pf}\u201a\u201e]/u;
const COMMA = 'a comma';
const BRACKET = /[<>\p{Ps}\p{Pe}]/u;

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
  if (containsKey(id, apiKey, redact)) throw keyIn('The model id');
  let place = 0;
  for (const character of id) {
    place++;
    const kind = kindOf(character);
    if (kind === null) continue;
    const codePoint = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    throw invalidArgument(
      `The model id ${quote(id)} has ${kind} at character ${place} (U+${codePoint}).`,
      kind === COMMA
        ? 'Pass several ids separately.'
        : 'Pass the id without it; separate several ids.',
    );
  }
}

function kindOf(character: string): string | null {
  if (/[\s\p{Z}]/u.test(character)) return 'whitespace';
  if (character === ',') return COMMA;
  if (QUOTE.test(character)) return 'a quote';
  if (BRACKET.test(character)) return 'a bracket';
  return BLANK_OR_INVISIBLE.test(character) ? 'an invisible character' : null;
}
