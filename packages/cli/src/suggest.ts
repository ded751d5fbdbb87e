/** Returns the candidate closest to a mistyped word; null if none is within `maxEdits`. */
export function suggest<Word extends string>(
  word: string,
  candidates: readonly Word[],
  maxEdits: number,
): Word | null {
  for (let edits = 0; edits <= maxEdits; edits++) {
    const near = candidates.find((candidate) => isNear(word, candidate, edits));
    if (near !== undefined) return near;
  }
  return null;
}

/** Returns whether inserting, removing, replacing or transposing so many letters turns one word into the other. */
function isNear(one: string, other: string, edits: number): boolean {
  if (edits < 0) return false;
  let same = 0;
  while (same < one.length && one[same] === other[same]) same++;
  const [from, to] = [one.slice(same), other.slice(same)];
  if (from === '' || to === '') return from.length + to.length <= edits;
  const isSwap = from[0] === to[1] && from[1] === to[0];
  return (
    isNear(from.slice(1), to, edits - 1) ||
    isNear(from, to.slice(1), edits - 1) ||
    isNear(from.slice(1), to.slice(1), edits - 1) ||
    (isSwap && isNear(from.slice(2), to.slice(2), edits - 1))
  );
}
