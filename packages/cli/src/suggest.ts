/** Returns the candidate closest to a mistyped word; null if none is within `maxEdits`. */
export function suggest<Word extends string>(
  word: string,
  candidates: readonly Word[],
  maxEdits: number,
): Word | null {
  // A long word is not a typo of a short one, and comparing it would take long.
  const near = candidates
    .filter(({ length }) => Math.abs(length - word.length) <= maxEdits)
    .map((candidate) => ({ candidate, edits: editDistance(word, candidate) }))
    .filter(({ edits }) => edits <= maxEdits)
    .toSorted((one, other) => one.edits - other.edits);
  return near[0]?.candidate ?? null;
}

/** Counts inserted, removed, replaced and transposed letters (optimal string alignment). */
function editDistance(from: string, to: string): number {
  const rows = [Array.from({ length: to.length + 1 }, (_, column) => column)];
  for (let row = 1; row <= from.length; row++) {
    const line = [row];
    for (let column = 1; column <= to.length; column++) {
      const isSame = from[row - 1] === to[column - 1];
      // Before the first letter there is none, which equals no letter.
      const isSwap = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      line[column] = Math.min(
        at(rows, row - 1, column) + 1,
        (line[column - 1] ?? 0) + 1,
        at(rows, row - 1, column - 1) + (isSame ? 0 : 1),
        isSwap ? at(rows, row - 2, column - 2) + 1 : Infinity,
      );
    }
    rows.push(line);
  }
  return at(rows, from.length, to.length);
}

function at(rows: readonly number[][], row: number, column: number): number {
  return rows[row]?.[column] ?? Infinity;
}
