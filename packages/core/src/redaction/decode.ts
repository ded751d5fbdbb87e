import { rewrite, type Layer } from './layer.ts';

/** JSON in JSON in JSON, escaped twice for HTML, in a URL in a URL in a URL. */
const MAX_LEVELS = 8;

/** The names that HTML has for ASCII characters, in lower case, each with its character. */
const NAMES = new Map(
  `excl! quot" num# dollar$ percnt% amp& apos' lpar( rpar) ast* midast* plus+ comma, period. sol/ colon: semi; lt<
  equals= gt> quest? commat@ lsqb[ lbrack[ bsol\\ rsqb] rbrack] hat^ lowbar_ underbar_ grave\` diacriticalgrave\`
  lcub{ lbrace{ verbar| vert| verticalline| rcub} rbrace}`
    .split(/\s+/)
    .map((entry) => [entry.slice(0, -1), entry.slice(-1)]),
);

/**
 * The escapes in a layer: `%c3%a9`, the bytes of one character in UTF-8; `&#95;`, `&#x5f;`, also without a semicolon, and
 * `&lowbar;`; `\u005f`, and the characters that JSON escapes with a backslash, which PHP does for `/` and JavaScript for
 * an apostrophe.
 */
const ESCAPE =
  /%(?:[0-7][\da-f]|[cd][\da-f]%[89ab][\da-f]|e[\da-f](?:%[89ab][\da-f]){2}|f[0-7](?:%[89ab][\da-f]){3})|&#(?:x[\da-f]+|\d+);?|&[a-z]+;|\\u[\da-f]{4}|\\["'\\/]/g;

/** Returns a layer and what it becomes as one level of encoding after the other is decoded. */
export function decodeLevels(first: Layer): Layer[] {
  const levels = [first];
  for (let last = first; levels.length <= MAX_LEVELS;) {
    const decoded = rewrite(last, ESCAPE, decode);
    if (decoded.text.length === last.text.length) break;
    levels.push(decoded);
    last = decoded;
  }
  return levels;
}

const UTF_8 = new TextDecoder();

/** Decodes one escape; returns it unchanged if it stands for nothing. */
function decode(escape: string): string {
  const kind = escape[0];
  if (kind === '%' && escape.length > 3) {
    const bytes = escape.split('%').slice(1);
    return UTF_8.decode(Uint8Array.from(bytes, (byte) => parseInt(byte, 16)));
  }
  if (kind === '\\' && escape.length === 2) return escape.slice(1);
  if (kind !== '&') return String.fromCharCode(parseInt(escape.slice(kind === '%' ? 1 : 2), 16));
  const name = escape.slice(1).replace(';', '');
  if (!name.startsWith('#')) return NAMES.get(name) ?? escape;
  // `#x5f` or `#95`.
  const codePoint = Number(name.replace('#', '').replace('x', '0x'));
  return codePoint <= 0x10ffff ? String.fromCodePoint(codePoint) : escape;
}
