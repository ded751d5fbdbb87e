import type { Layer } from './layer.ts';

/** A code point, and the position after its encoding. */
export type Decoded = [codePoint: number, end: number];

/** The names that HTML has for ASCII characters, in lower case. */
const NAMES = new Map<string, string>(
  Object.entries({
    '!': 'excl',
    '"': 'quot',
    '#': 'num',
    $: 'dollar',
    '%': 'percnt',
    '&': 'amp',
    "'": 'apos',
    '(': 'lpar',
    ')': 'rpar',
    '*': 'ast midast',
    '+': 'plus',
    ',': 'comma',
    '.': 'period',
    '/': 'sol',
    ':': 'colon',
    ';': 'semi',
    '<': 'lt',
    '=': 'equals',
    '>': 'gt',
    '?': 'quest',
    '@': 'commat',
    '[': 'lsqb lbrack',
    '\\': 'bsol',
    ']': 'rsqb rbrack',
    '^': 'hat',
    _: 'lowbar underbar',
    '`': 'grave diacriticalgrave',
    '{': 'lcub lbrace',
    '|': 'verbar vert verticalline',
    '}': 'rcub rbrace',
  }).flatMap(([character, names]) => names.split(' ').map((name) => [name, character])),
);
const MAX_NAME_LENGTH = 'diacriticalgrave'.length;

const NUMBER_SIGN = 0x23;
const SEMICOLON = 0x3b;
const LETTER_X = 0x78;

/** Reads an HTML entity: `&lowbar;`, `&#95;`, `&#x5f;`, and the numeric ones without a semicolon too. */
export function readEntity(layer: Layer, at: number): Decoded | null {
  return layer.units[at + 1] === NUMBER_SIGN
    ? readNumeric(layer, at + 2)
    : readNamed(layer, at + 1);
}

function readNumeric({ units }: Layer, at: number): Decoded | null {
  const base = units[at] === LETTER_X ? 16 : 10;
  let end = base === 16 ? at + 1 : at;
  const start = end;
  let codePoint = 0;
  for (; ; end++) {
    const digit = toDigit(units[end] ?? 0);
    if (digit === -1 || digit >= base) break;
    codePoint = Math.min(base * codePoint + digit, 0x110000);
  }
  if (end === start || codePoint > 0x10ffff) return null;
  return [codePoint, units[end] === SEMICOLON ? end + 1 : end];
}

function readNamed({ units }: Layer, at: number): Decoded | null {
  let end = at;
  while (end - at <= MAX_NAME_LENGTH && units[end] !== SEMICOLON) end++;
  if (units[end] !== SEMICOLON) return null;
  const character = NAMES.get(String.fromCharCode(...units.subarray(at, end)));
  return character === undefined ? null : [character.charCodeAt(0), end + 1];
}

/** Returns the value of a hexadecimal digit in lower case; -1 for anything else. */
export function toDigit(unit: number): number {
  if (unit >= 0x30 && unit <= 0x39) return unit - 0x30;
  return unit >= 0x61 && unit <= 0x66 ? unit - 0x57 : -1;
}
