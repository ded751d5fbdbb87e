import stringWidth from 'string-width';

/** Returns the columns that a text occupies in a terminal: a Chinese character has two. */
export const widthOf: (text: string) => number = stringWidth;

export function pad(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - widthOf(text)));
}

export function truncate(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  let line = '';
  let left = columns - 1;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    left -= widthOf(segment);
    if (left < 0) break;
    line += segment;
  }
  return `${line}…`;
}
