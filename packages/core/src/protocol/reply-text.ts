/** No text of a reply is kept beyond this many characters. */
const LONGEST = 2000;

// Line breaks, control characters (a terminal would obey them) and marks that reverse the direction of text.
// oxlint-disable-next-line no-control-regex
const UNPRINTABLE = /[\s\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]+/g;

// Nearly every text of the API is one ASCII line, and to see that costs far less than a replacement.
const MAY_NEED_CLEANING = / {2}|[^ -~]/;

/** One printable line of bounded length. Redact before: a cut could leave half a key. */
export function toLine(text: string): string {
  const line = (MAY_NEED_CLEANING.test(text) ? text.replace(UNPRINTABLE, ' ') : text).trim();
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
}

/**
 * The text of a reply's field, or null if it says nothing: a string as it is, an object of lists
 * (`{"model_id":["The model id field is required."]}`) as `model_id: The model id field is required.`
 */
export function textOf(field: unknown): string | null {
  const text = flatten(field, 2);
  return text.trim() === '' ? null : text;
}

// Two levels are all that an object of lists has; a reply nested deeper must not cost a deep stack.
function flatten(field: unknown, levels: number): string {
  if (typeof field === 'string') return field;
  if (typeof field === 'number' || typeof field === 'boolean') return String(field);
  if (typeof field !== 'object' || field === null || levels === 0) return '';
  const parts = Array.isArray(field)
    ? field.map((item) => flatten(item, levels - 1))
    : Object.entries(field).map(([name, value]) => `${name}: ${flatten(value, levels - 1)}`);
  return parts.filter((part) => part !== '').join('; ');
}

/** Whether a message is what the API's validation sends: an object whose values are lists. */
export function isObjectOfLists(field: unknown): boolean {
  if (typeof field !== 'object' || field === null || Array.isArray(field)) return false;
  const values = Object.values(field);
  return values.length > 0 && values.every((value) => Array.isArray(value));
}
