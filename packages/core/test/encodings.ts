/** The names of ASCII characters in HTML5, as PHP's `htmlentities` and others write them. */
const NAMES: Record<string, string> = {
  '!': 'excl',
  '"': 'quot',
  '#': 'num',
  $: 'dollar',
  '%': 'percnt',
  '&': 'amp',
  "'": 'apos',
  '(': 'lpar',
  ')': 'rpar',
  '*': 'ast',
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
  '[': 'lbrack',
  '\\': 'bsol',
  ']': 'rsqb',
  '^': 'Hat',
  _: 'lowbar',
  '`': 'grave',
  '{': 'lcub',
  '|': 'VerticalLine',
  '}': 'rbrace',
};

const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0');
const units = (text: string) => Array.from({ length: text.length }, (_, at) => text.charCodeAt(at));
const points = (text: string) => Array.from(text, (character) => character.codePointAt(0) ?? 0);
const json = (text: string) => JSON.stringify(text).slice(1, -1);
const entities = (text: string, format: (codePoint: number) => string) =>
  points(text).map(format).join('');

/** Every way in which a server may encode a text, except base64. */
export const encodings: Record<string, (text: string) => string> = {
  unchanged: (text) => text,
  JSON: json,
  "PHP's JSON": (text) =>
    json(text)
      .replaceAll('/', '\\/')
      .replace(/[^\0-\x7f]/g, (unit) => `\\u${hex(unit.charCodeAt(0), 4)}`),
  'all of it \\u': (text) =>
    units(text)
      .map((unit) => `\\u${hex(unit, 4)}`)
      .join(''),
  'all of it \\u in capitals': (text) =>
    units(text)
      .map((unit) => `\\u${hex(unit, 4).toUpperCase()}`)
      .join(''),
  URL: encodeURIComponent,
  'URL in lower case': (text) =>
    encodeURIComponent(text).replace(/%../g, (found) => found.toLowerCase()),
  'URL, all bytes': (text) => Buffer.from(text).toString('hex').replace(/../g, '%$&'),
  'HTML, decimal': (text) =>
    text.replace(/[&<>"']/g, (found) => `&#${String(found.charCodeAt(0)).padStart(3, '0')};`),
  'HTML, names': (text) => text.replace(/[&<>"]/g, (found) => `&${NAMES[found]};`),
  'HTML5, names': (text) =>
    text.replace(/[!-/:-@[-`{-}]/g, (found) => (NAMES[found] ? `&${NAMES[found]};` : found)),
  'HTML, all decimal': (text) => entities(text, (codePoint) => `&#${codePoint};`),
  'HTML, all hexadecimal': (text) => entities(text, (codePoint) => `&#X${hex(codePoint, 4)};`),
};

/** Numeric entities without semicolons, which end only where no digit follows. */
export const WITHOUT_SEMICOLONS = [
  (text: string) => entities(text, (codePoint) => `&#${codePoint}`),
  (text: string) => entities(text, (codePoint) => `&#x${hex(codePoint, 2)}`),
];

/** Encodes a text in UTF-8 as base64. */
export function encodeBase64(text: string): string {
  return Buffer.from(text).toString('base64');
}
