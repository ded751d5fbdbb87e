import { checkModelId, invalidArgument, ReloadError } from '@modelslab-reload/core/engine';

/**
 * Returns the distinct ids of the input `model-ids`, or one like it; null without any. They are on lines or separated by
 * commas, or a JSON array such as the output `failed-model-ids`. Other ways to write a list are rejected, because the
 * API would only return that the model was not found.
 */
export function parseModelIds(text: string, apiKey: string, input = 'model-ids'): string[] | null {
  const isJson = /^\s*\[/.test(text);
  const ids = isJson ? parseJson(text, input) : splitIds(text);
  for (const [index, id] of ids.entries()) checkId(id, `${input}, entry ${index + 1}`, apiKey);
  // An empty array is a list without models, such as the `failed-model-ids` of a success.
  return isJson || ids.length > 0 ? [...new Set(ids)] : null;
}

function splitIds(text: string): string[] {
  const ids = text.split(/[\r\n,]/).map((id) => id.trim());
  return ids.filter((id) => id !== '');
}

function parseJson(text: string, input: string): string[] {
  try {
    const value: unknown = JSON.parse(text);
    if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
  } catch {
    // Not JSON either.
  }
  throw invalidArgument(
    `The input ${input} begins with [ but is not a JSON array of strings.`,
    'Write ["my-model","my-other-model"], or one id on each line without brackets.',
  );
}

/** Unsupported ways to write a list, and what to do instead. */
const NOTATIONS: readonly [RegExp, what: string, hint: string][] = [
  [/^#|\s#/, 'a comment', 'Remove the comment: the text after the | is not YAML.'],
  [/^-(?:\s|$)/, 'a list dash', 'Write one id on each line, without a dash before it.'],
  [/^["'`]|["'`]$/, 'quotes', 'Write the id without quotes.'],
  [/;/, 'a semicolon', 'Separate the ids by commas or lines.'],
];

function checkId(id: string, place: string, apiKey: string): void {
  try {
    for (const [pattern, what, hint] of NOTATIONS) {
      if (pattern.test(id)) throw invalidArgument(`${JSON.stringify(id)} has ${what}.`, hint);
    }
    checkModelId(id, apiKey);
  } catch (error) {
    if (!ReloadError.isInstance(error)) throw error;
    throw invalidArgument(`The input ${place}: ${error.message}`, error.hint);
  }
}
