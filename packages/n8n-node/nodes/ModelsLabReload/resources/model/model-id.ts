import { checkModelId, invalidArgument } from '@modelslab-reload/core/engine';

import { quote } from '../../shared/quote.ts';

// The texts of missing values in an expression.
const NOT_AN_ID = new Set(['undefined', 'null', 'NaN', '[object Object]']);

const SPLIT =
  'Split the list into items first, for example with the Split Out node. The node reloads the model of each item.';

/** Returns the model id in the field *Model*, or throws for anything else. */
export function toModelId(value: unknown, apiKey: string): string {
  const refuse = (wanted: string, hint?: string) =>
    invalidArgument(`Model must be ${wanted} ${quote(value, apiKey)}.`, hint);

  if (isList(value)) throw refuse('the ID of one model, not a list:', SPLIT);
  // Above 2 ** 53 - 1, digits are lost, and the number would be the id of another model.
  if (typeof value === 'number' && !(Number.isSafeInteger(value) && value >= 0)) {
    throw refuse(`text or a whole number up to ${Number.MAX_SAFE_INTEGER}, not`);
  }
  const text = typeof value === 'number' ? String(value) : (value ?? '');
  if (typeof text !== 'string' || NOT_AN_ID.has(text.trim()))
    throw refuse('the ID of a model, not');
  const id = text.trim();
  if (id === '') throw invalidArgument('Model is empty.');
  checkModelId(id, apiKey);
  return id;
}

/** Returns true for an array, or text with several ids: JSON, lines, or separated by commas. */
function isList(value: unknown): boolean {
  return Array.isArray(value) || (typeof value === 'string' && /[,;\n\r]/.test(value.trim()));
}
