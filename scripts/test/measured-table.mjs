// Tables of a document whose cells are measured. Elsewhere than in CI only some cells are, and the others are taken from the
// document.
import { isFull } from '../../packages/core/test/effort.ts';

/**
 * Returns the cells to measure, one of each row in the column after that of the row before, and the rows that the document
 * has now, to write the measured cells into.
 *
 * @param {string} text of the document
 * @param {string[][]} labels the first cells of each row
 * @param {number} columns how many cells of a row are measured
 */
export function openTable(text, labels, columns) {
  const lines = text.split('\n').filter((line) => line.startsWith('| '));
  const written = lines.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  const rows = labels.map((first) => [
    ...first,
    ...(written
      .find((cells) => first.every((label, at) => cells[at] === label))
      ?.slice(first.length) ?? []),
  ]);
  const cells = labels.flatMap((first, row) =>
    Array.from({ length: columns }, (_, column) => ({ row, column, at: first.length + column })),
  );
  const measured = cells.filter(({ row, column }) => isFull || row % columns === column);
  return { rows, measured };
}
