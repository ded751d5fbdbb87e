/** Longer texts are truncated. */
const MAX_LINE_LENGTH = 2000;

// Line breaks, control characters (a terminal would obey them) and marks that reverse the direction of text.
// oxlint-disable-next-line no-control-regex
const UNPRINTABLE = /[\s\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]+/g;

// Nearly every text of the API is one ASCII line, and to see that costs far less than a replacement.
const MAY_NEED_CLEANING = / {2}|[^ -~]/;

/** Returns one clean, printable line of bounded length. Redact first, because truncating could leave half of a key. */
export function toLine(text: string): string {
  const line = (MAY_NEED_CLEANING.test(text) ? text.replace(UNPRINTABLE, ' ') : text).trim();
  return line.length > MAX_LINE_LENGTH ? `${line.slice(0, MAX_LINE_LENGTH)}…` : line;
}
