// `pnpm docs:write` runs this with -u, which writes the table of options in the README.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Option } from '../src/option-types.ts';
import { reloadOptions } from '../src/options.ts';

function row([name, { short, value, summary }]: [string, Option]): string[] {
  const usage = value === undefined ? `--${name}` : `--${name} <${value}>`;
  const names = short === undefined ? [usage] : [`-${short}`, usage];
  return [names.map((text) => `\`${text}\``).join(', '), summary.replaceAll('|', String.raw`\|`)];
}

function markdownTable(rows: string[][]): string {
  const widths = [0, 1].map((column) =>
    Math.max(...rows.map((cells) => cells[column]?.length ?? 0)),
  );
  const line = (cells: string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = rows;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n');
}

test('the table of options in the README is that of the code', async () => {
  const rows = Object.entries<Option>(reloadOptions).map(row);
  const table = markdownTable([['option', 'description'], ...rows]);
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const block = /(<!-- options -->\n)[^]*?(<!-- end of options -->)/;
  expect(readme).toMatch(block);
  const written = readme.replace(block, (_, start, end) => `${start}\n${table}\n\n${end}`);
  await expect(written).toMatchFileSnapshot('../README.md');
});
