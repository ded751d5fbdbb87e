const utf8 = new TextEncoder();

/** What stands in a text where the key stood. */
export const REDACTED = '[redacted]';

/**
 * Gives a function that takes the key out of a text: as it is, JSON-escaped (PHP's way too),
 * URL-encoded, HTML-escaped, any mixture of these, and as base64 of the key alone.
 * Linear in the text: no two spellings of a character begin with the same character and differ later
 * without bound.
 */
export function createRedactor(key: string): (text: string) => string {
  const base64 = btoa(String.fromCharCode(...utf8.encode(key))).replace(/=+$/, '');
  const base64Url = base64.replaceAll('+', '-').replaceAll('/', '_');
  const spellings = [...new Set([key, base64, base64Url])].map((text) =>
    Array.from(text, spellingsOf).join(''),
  );
  const pattern = new RegExp(spellings.join('|'), 'g');
  // No spelling is shorter than the key, and most texts of the API are.
  return (text) => (text.length < key.length ? text : text.replace(pattern, REDACTED));
}

const NAMED_ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** A pattern for every way in which one character may be written. */
function spellingsOf(character: string): string {
  const literal = character.replace(/[\\^$.*+?()[\]{}|/-]/, String.raw`\$&`);
  const units = Array.from({ length: character.length }, (_, at) => character.charCodeAt(at));
  const codePoint = character.codePointAt(0) ?? 0;
  const ways = [
    // JSON in JSON doubles the backslashes; four cover two levels.
    character === '\\' ? String.raw`\\{1,4}` : literal,
    units.map((unit) => String.raw`\\{1,4}u` + hex(unit, 4)).join(''),
    Array.from(utf8.encode(character), (byte) => '%' + hex(byte, 2)).join(''),
    `&#0{0,4}${codePoint};`,
    `&#[xX]0{0,4}${hex(codePoint, 1)};`,
  ];
  if (character === '/' || character === '"') ways.push(String.raw`\\{1,4}` + literal);
  const named = NAMED_ENTITIES[character];
  if (named) ways.push(named);
  return `(?:${ways.join('|')})`;
}

/** A number in hexadecimal, either case. */
function hex(value: number, digits: number): string {
  return value
    .toString(16)
    .padStart(digits, '0')
    .replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);
}
