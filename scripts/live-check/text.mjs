import { stripVTControlCharacters } from 'node:util';

const MAX_LENGTH = 200;

/** Longer text is cut first, because removing escape sequences takes quadratic time. */
const MAX_READ_LENGTH = 10 * MAX_LENGTH;

/**
 * Returns one printable line of bounded length: untrusted text keeps no escape sequence, control character or direction
 * mark.
 */
export function toPlainLine(text) {
  const line = stripVTControlCharacters(String(text).slice(0, MAX_READ_LENGTH))
    .replace(/[\p{C}\p{Z}]+/gu, ' ')
    .trim();
  return line.length <= MAX_LENGTH ? line : `${line.slice(0, MAX_LENGTH - 1)}…`;
}

/** Escapes untrusted text for a Markdown table, so that it is never markup, a link or a mention. */
export function toCode(text) {
  const line = toPlainLine(text).replace(/[`|]/g, "'");
  return line === '' ? 'empty' : `\`${line}\``;
}

/** Returns the fields of a JSON object, or an empty object. */
export function parseObject(text) {
  try {
    const value = JSON.parse(text);
    return Object(value) === value && !Array.isArray(value) ? value : {};
  } catch {
    return {};
  }
}
