import {
  ESCAPES,
  findEnds,
  MAX_ENCODING_LENGTH,
  toKeyCharacters,
  type KeyCharacter,
} from './encodings.ts';

/** A range of a string: start, and exclusive end. */
export type Range = [from: number, to: number];

/** Finds every occurrence of the key in a string, in any encoding; the ranges may overlap. */
export type FindKey = (text: string) => Range[];

/** Creates a search for a key. Its time is linear in the text, regardless of the key. */
export function createSearch(key: string): FindKey {
  const characters = toKeyCharacters(key);
  const [first] = characters;
  if (!first) return () => [];
  const starts = new Set([first.lower, first.upper, ...ESCAPES]);
  // If a character of the key can itself begin an encoding, the text can be read in more than one way. Trying these one
  // after another would take exponential time.
  const find = /[\\%&]/.test(key) ? findByStates : findByWays;
  return (text) => find(text, characters, starts);
}

/** Reads the text from each position, in the only possible way. */
function findByWays(text: string, key: KeyCharacter[], starts: Set<number>): Range[] {
  const found: Range[] = [];
  for (let from = 0; from < text.length; from++) {
    if (!starts.has(text.charCodeAt(from))) continue;
    let at = from;
    let count = 0;
    for (const character of key) {
      const [end] = findEnds(text, at, character);
      if (end === undefined) break;
      at = end;
      count++;
    }
    if (count < key.length) continue;
    found.push([from, at]);
    from = at - 1;
  }
  return found;
}

/**
 * Follows all ways to read the text at the same time, like an automaton. A state is the number of key characters found
 * so far, with the position of the first one.
 */
function findByStates(text: string, key: KeyCharacter[], starts: Set<number>): Range[] {
  const found: Range[] = [];
  // For each position that may be reached from here, and each number of characters: where they began, or -1.
  const size = MAX_ENCODING_LENGTH + 1;
  const began = Array.from({ length: size }, () => new Int32Array(key.length + 1).fill(-1));
  let furthest = -1;
  for (let at = 0; at <= text.length; at++) {
    const states = began[at % size];
    const isStart = starts.has(text.charCodeAt(at));
    if (!states || (at > furthest && !isStart)) continue;
    if (isStart) states[0] = at;
    const ends = new Map<string, number[]>();
    for (const [count, character] of key.entries()) {
      const from = states[count] ?? -1;
      if (from === -1) continue;
      const reached = ends.get(character.text) ?? findEnds(text, at, character);
      ends.set(character.text, reached);
      for (const end of reached) {
        const after = began[end % size];
        const before = after?.[count + 1] ?? -1;
        if (after && (before === -1 || before > from)) after[count + 1] = from;
        furthest = Math.max(furthest, end);
      }
    }
    const whole = states[key.length] ?? -1;
    if (whole !== -1) found.push([whole, at]);
    states.fill(-1);
  }
  return found;
}
