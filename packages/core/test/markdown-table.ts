/** Formats a Markdown table as the formatter would; columns of numbers are right-aligned. */
export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const isNumeric = head.map((_, at) => rows.every((row) => /^[\d.]+$/.test(String(row[at]))));
  const widths = head.map((name, at) =>
    Math.max(...[name, ...rows.map((row) => row[at])].map((cell) => String(cell).length)),
  );
  const line = (cells: readonly (string | number)[]) =>
    `| ${cells
      .map((cell, at) =>
        isNumeric[at]
          ? String(cell).padStart(widths[at] ?? 0)
          : String(cell).padEnd(widths[at] ?? 0),
      )
      .join(' | ')} |`;
  const rule = widths.map((width, at) => '-'.repeat(width - 1) + (isNumeric[at] ? ':' : '-'));
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}
