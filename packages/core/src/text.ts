const MAX_LINE_LENGTH = 2000;

// Line breaks, control characters (which a terminal would execute) and marks that reverse the direction of text.
// oxlint-disable-next-line no-control-regex
const UNPRINTABLE = /[\s\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]+/g;

// Nearly every text of the API is one ASCII line, and checking that costs far less than a replacement.
const MAY_NEED_CLEANING = / {2}|[^ -~]/;

/** Returns one clean, printable line of bounded length. Redact first, because truncating could leave half of a key. */
export function toLine(text: string): string {
  const line = (MAY_NEED_CLEANING.test(text) ? text.replace(UNPRINTABLE, ' ') : text).trim();
  return line.length > MAX_LINE_LENGTH ? `${line.slice(0, MAX_LINE_LENGTH)}…` : line;
}

/** Whitespace, control characters and invisible characters, which text copied from a web page may contain. */
export const BLANK_OR_INVISIBLE = /[\s\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/u;

const MAX_QUOTE_LENGTH = 200;

/** Formats a value for a message: a string in quotes, with invisible characters as `\u200b`; an object as 'an object'. */
export function quote(value: unknown): string {
  if (typeof value === 'object' && value !== null) return 'an object';
  if (typeof value !== 'string') return typeof value === 'function' ? 'a function' : String(value);
  const start = value.length > MAX_QUOTE_LENGTH ? `${value.slice(0, MAX_QUOTE_LENGTH)}…` : value;
  return escapeInvisible(JSON.stringify(start));
}

/** Returns a text with each invisible character but a space, or one that controls a terminal, as `\u200b`. */
export function escapeInvisible(text: string): string {
  return Array.from(text, (character) =>
    character !== ' ' && BLANK_OR_INVISIBLE.test(character)
      ? `\\u${codePointOf(character)}`
      : character,
  ).join('');
}

/** Returns the code point of a character in hexadecimal, with at least four digits. */
export function codePointOf(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16).padStart(4, '0');
}
