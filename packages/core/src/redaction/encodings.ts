const utf8 = new TextEncoder();

/** One character of the key, in the forms that are compared. */
export interface KeyCharacter {
  text: string;
  /** The character in both cases; equal if it has only one. */
  lower: number;
  upper: number;
  units: number[];
  bytes: Uint8Array;
  codePoint: number;
}

const BACKSLASH = 0x5c;
const PERCENT = 0x25;
const AMPERSAND = 0x26;
const SLASH = 0x2f;
const QUOTE = 0x22;

/** Backslashes before a character in JSON in JSON in JSON. */
const MAX_BACKSLASHES = 8;

/** No encoding of a character is longer: two UTF-16 units as `\ud83d` with all backslashes have 26 characters. */
export const MAX_ENCODING_LENGTH = 31;

/** The characters that may begin an encoding, in addition to the character itself. */
export const ESCAPES = [BACKSLASH, PERCENT, AMPERSAND];

const ENTITY = /&(?:#0{0,4}(\d{1,7})|#x0{0,4}([\da-f]{1,6})|(amp|lt|gt|quot|apos));/iy;
const NAMED: Record<string, number> = { amp: 0x26, lt: 0x3c, gt: 0x3e, quot: 0x22, apos: 0x27 };

/** Splits a string into its characters, ready to be compared. */
export function toKeyCharacters(text: string): KeyCharacter[] {
  return Array.from(text, (character) => {
    const [lower, upper] = [character.toLowerCase(), character.toUpperCase()];
    const hasCases = lower.length === 1 && upper.length === 1;
    return {
      text: character,
      lower: (hasCases ? lower : character).charCodeAt(0),
      upper: (hasCases ? upper : character).charCodeAt(0),
      units: Array.from({ length: character.length }, (_, at) => character.charCodeAt(at)),
      bytes: utf8.encode(character),
      codePoint: character.codePointAt(0) ?? 0,
    };
  });
}

/**
 * Returns the ends of the encodings of a character that begin at a position in the text: unchanged in either case,
 * JSON-escaped up to three times (PHP escapes `/` too), URL-encoded and HTML-escaped.
 */
export function findEnds(text: string, at: number, character: KeyCharacter): number[] {
  const ends: number[] = [];
  const first = text.charCodeAt(at);
  if (first === character.lower || first === character.upper) {
    const end = at + character.text.length;
    if (character.text.length === 1 || text.startsWith(character.text, at)) ends.push(end);
  }
  if (first === BACKSLASH) pushJsonEnds(text, at, character, ends);
  else if (first === PERCENT) pushEnd(ends, findPercentEnd(text, at, character));
  else if (first === AMPERSAND) pushEnd(ends, findEntityEnd(text, at, character));
  return ends;
}

function pushEnd(ends: number[], end: number): void {
  if (end !== -1) ends.push(end);
}

// JSON in JSON doubles the backslashes; eight cover three levels.
function pushJsonEnds(text: string, at: number, character: KeyCharacter, ends: number[]): void {
  const count = countBackslashes(text, at);
  const { codePoint, units } = character;
  if (codePoint === BACKSLASH) for (let n = 2; n <= count; n++) ends.push(at + n);
  if ((codePoint === SLASH || codePoint === QUOTE) && text.charCodeAt(at + count) === codePoint) {
    ends.push(at + count + 1);
  }
  let end = at;
  for (const unit of units) {
    end += countBackslashes(text, end);
    if (end === at || !/^u$/i.test(text.charAt(end)) || readHex(text, end + 1, 4) !== unit) return;
    end += 5;
  }
  ends.push(end);
}

function countBackslashes(text: string, at: number): number {
  let count = 0;
  while (count < MAX_BACKSLASHES && text.charCodeAt(at + count) === BACKSLASH) count++;
  return count;
}

function findPercentEnd(text: string, at: number, { bytes }: KeyCharacter): number {
  let end = at;
  for (const byte of bytes) {
    if (text.charCodeAt(end) !== PERCENT || readHex(text, end + 1, 2) !== byte) return -1;
    end += 3;
  }
  return end;
}

function findEntityEnd(text: string, at: number, { codePoint }: KeyCharacter): number {
  ENTITY.lastIndex = at;
  const [all, decimal, hexadecimal, name] = ENTITY.exec(text) ?? [];
  if (all === undefined) return -1;
  const found =
    name === undefined
      ? Number.parseInt(decimal ?? hexadecimal ?? '', decimal === undefined ? 16 : 10)
      : NAMED[name.toLowerCase()];
  return found === codePoint ? at + all.length : -1;
}

/** Reads a hexadecimal number of exactly `digits` digits; -1 for anything else. */
function readHex(text: string, at: number, digits: number): number {
  const part = text.slice(at, at + digits);
  return part.length === digits && /^[\da-f]+$/i.test(part) ? Number.parseInt(part, 16) : -1;
}
