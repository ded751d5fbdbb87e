import { toLine } from '../text.ts';

/** Patterns read no more of a text than this, so that none of them can block the process. */
const MAX_MATCHED_LENGTH = 1000;

/** Returns the start of a text, as one clean line, for the patterns that interpret it. */
export function toMatchable(text: string): string {
  return toLine(text).slice(0, MAX_MATCHED_LENGTH);
}

/**
 * Returns the text of a reply's field, or null for an empty one: a string unchanged, an object of lists
 * (`{"model_id":["The model id field is required."]}`) as `model_id: The model id field is required.`
 */
export function readText(field: unknown): string | null {
  const text = flatten(field, 2);
  return text.trim() === '' ? null : text;
}

// An object of lists has only two levels; a reply that is nested deeper must not overflow the stack.
function flatten(field: unknown, levels: number): string {
  if (typeof field === 'string') return field;
  if (typeof field === 'number' || typeof field === 'boolean') return String(field);
  if (typeof field !== 'object' || field === null || levels === 0) return '';
  const parts = Array.isArray(field)
    ? field.map((item) => flatten(item, levels - 1))
    : Object.entries(field).map(([name, value]) => `${name}: ${flatten(value, levels - 1)}`);
  return parts.filter((part) => part !== '').join('; ');
}

export function firstOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns true for a message of the API's validation: an object whose values are lists. */
export function isObjectOfLists(field: unknown): boolean {
  const values = isObject(field) ? Object.values(field) : [];
  return values.length > 0 && values.every((value) => Array.isArray(value));
}
