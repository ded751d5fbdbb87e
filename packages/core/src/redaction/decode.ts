import { readEntity, toDigit, type Decoded } from './entities.ts';
import { createLayer, push, type Layer } from './layer.ts';

/** JSON in JSON in JSON, escaped twice for HTML, in a URL in a URL in a URL. */
const MAX_LEVELS = 8;

const BACKSLASH = 0x5c;
const PERCENT = 0x25;
const AMPERSAND = 0x26;
const LETTER_U = 0x75;
/** The characters that JSON escapes with a backslash; PHP escapes `/` too, and JavaScript an apostrophe. */
const ESCAPED = new Set(Array.from('\\"/\'', (character) => character.charCodeAt(0)));

/** Returns a layer and what it becomes as one level of encoding after the other is decoded. */
export function decodeLevels(first: Layer): Layer[] {
  const levels = [first];
  for (let layer = decode(first); layer && levels.length <= MAX_LEVELS; layer = decode(layer)) {
    levels.push(layer);
  }
  return levels;
}

/** Decodes each URL, HTML and JSON escape once; null if there is none. */
function decode(layer: Layer): Layer | null {
  const { units, starts, ends, length } = layer;
  const decoded = createLayer(length);
  for (let at = 0; at < length;) {
    const from = starts[at] ?? 0;
    const found = readEscape(layer, at);
    if (found === null) {
      push(decoded, units[at] ?? 0, from, ends[at] ?? 0);
      at++;
      continue;
    }
    const [codePoint, end] = found;
    const to = ends[end - 1] ?? 0;
    if (codePoint > 0xffff) push(decoded, 0xd800 + ((codePoint - 0x10000) >> 10), from, to);
    push(decoded, codePoint > 0xffff ? 0xdc00 + (codePoint & 0x3ff) : codePoint, from, to);
    at = end;
  }
  return decoded.length < length ? decoded : null;
}

function readEscape(layer: Layer, at: number): Decoded | null {
  const unit = layer.units[at];
  if (unit === PERCENT) return readPercent(layer, at);
  if (unit === AMPERSAND) return readEntity(layer, at);
  return unit === BACKSLASH ? readBackslash(layer, at) : null;
}

/** Reads `%c3%a9`, the bytes of one character in UTF-8. */
function readPercent(layer: Layer, at: number): Decoded | null {
  const first = readByte(layer, at);
  if (first < 0x80) return first === -1 ? null : [first, at + 3];
  const count = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  let codePoint = first & (0x7f >> count);
  for (let index = 1; index < count; index++) {
    const byte = readByte(layer, at + 3 * index);
    if ((byte & 0xc0) !== 0x80) return null;
    codePoint = (codePoint << 6) | (byte & 0x3f);
  }
  return codePoint > 0x10ffff ? null : [codePoint, at + 3 * count];
}

function readByte({ units }: Layer, at: number): number {
  return units[at] === PERCENT ? readHex(units, at + 1, 2) : -1;
}

/** Reads `\\`, an escaped quote or slash, and `\u0061`. */
function readBackslash({ units }: Layer, at: number): Decoded | null {
  const next = units[at + 1] ?? 0;
  if (ESCAPED.has(next)) return [next, at + 2];
  const unit = next === LETTER_U ? readHex(units, at + 2, 4) : -1;
  return unit === -1 ? null : [unit, at + 6];
}

/** Reads a number of exactly `count` hexadecimal digits in lower case; -1 for anything else. */
function readHex(units: Uint16Array, at: number, count: number): number {
  let value = 0;
  for (let index = at; index < at + count; index++) {
    const digit = toDigit(units[index] ?? 0);
    if (digit === -1) return -1;
    value = 16 * value + digit;
  }
  return value;
}
