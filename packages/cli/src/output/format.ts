import { formatDuration } from '@modelslab-reload/core';
import { pad, widthOf } from './width.ts';

/** Returns `a`, `a, b` or `a, b and 3 more`. */
export function joinIds(ids: readonly string[], max: number): string {
  const rest = ids.length - max;
  return ids.slice(0, max).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

/** Returns counts such as `12 loading, 31 in line`, without zeros. */
export function formatCounts(counts: Readonly<Record<string, number>>, separator = ', '): string {
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${count} ${name}`)
    .join(separator);
}

/** Formats a duration for a line that changes every second: `7s`, `42s`, `2m 04s`. */
export function formatSeconds(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return seconds < 10 ? `${seconds}s` : formatDuration(seconds * 1000);
}

/** Wraps a string between words into lines of at most so many columns. A word that is longer has a line of its own. */
export function wrap(text: string, columns: number, indent = ''): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined) lines.push(word);
    else if (widthOf(last) + 1 + widthOf(word) <= columns) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else lines.push(indent + word);
  }
  return lines;
}

/** Columns that the second column of a table needs; with fewer it is below the first. */
const MIN_COLUMNS = 20;

/** Formats a table of two columns, of which the second is wrapped between words. */
export function twoColumns(
  rows: readonly (readonly [first: string, second: string])[],
  columns: number,
): string {
  const width = Math.max(...rows.map(([first]) => widthOf(first)));
  const left = columns - width - 4;
  const lines = rows.flatMap(([first, second]) =>
    left < MIN_COLUMNS
      ? [`  ${first}`, ...wrap(second, columns - 8).map((line) => `        ${line}`)]
      : wrap(second, left).map((line, at) => `  ${pad(at === 0 ? first : '', width)}  ${line}`),
  );
  return lines.join('\n');
}
