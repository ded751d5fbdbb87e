/** Formats a Markdown table like the formatter. */
export function markdownTable(head, rows) {
  const widths = head.map((name, at) =>
    Math.max(3, ...[name, ...rows.map((row) => row[at])].map((cell) => String(cell).length)),
  );
  const line = (cells) =>
    `| ${cells.map((cell, at) => String(cell).padEnd(widths[at])).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

/** Returns the names of the generated parts of a document: between `<!-- name -->` and `<!-- end -->`. */
export function partsIn(text) {
  return Array.from(
    text.matchAll(/^<!-- ([\w ]+) -->\n(?:(?!^<!-- ).*\n)*?<!-- end -->$/gm),
    ([, name]) => name,
  );
}

/** Replaces the generated parts of a document. */
export function replaceParts(text, parts) {
  return partsIn(text).reduce(
    (left, name) =>
      left.replace(
        new RegExp(`(^<!-- ${name} -->\n)(?:(?!^<!-- ).*\n)*?(<!-- end -->$)`, 'm'),
        (_, start, end) => `${start}\n${parts[name]}\n\n${end}`,
      ),
    text,
  );
}
