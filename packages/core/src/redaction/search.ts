import type { Layer } from './layer.ts';

/** Calls `onFound` with the range of the original for each occurrence in a layer. */
export type Search = (layer: Layer, onFound: (from: number, to: number) => void) => void;

/**
 * Creates a search for a pattern that is not empty, with the algorithm of Knuth, Morris and Pratt: its time is linear,
 * whatever the pattern and the text repeat.
 *
 * @param before units before an occurrence that belong to it
 * @param after units after it
 */
export function createSearch(pattern: string, before = 0, after = 0): Search {
  const { length } = pattern;
  const borders = findBorders(pattern);
  return ({ text, starts, ends }, onFound) => {
    let count = 0;
    for (let at = 0; at < text.length; at++) {
      while (count > 0 && pattern[count] !== text[at]) count = borders[count - 1] ?? 0;
      if (pattern[count] === text[at]) count++;
      if (count < length) continue;
      count = borders[count - 1] ?? 0;
      const from = Math.max(0, at + 1 - length - before);
      const to = Math.min(text.length - 1, at + after);
      onFound(starts[from] ?? 0, ends[to] ?? 0);
    }
  };
}

/** Returns for each start of a pattern the length of its longest border: a proper prefix that is also its suffix. */
function findBorders(pattern: string): Uint32Array {
  const borders = new Uint32Array(pattern.length);
  let count = 0;
  for (let at = 1; at < pattern.length; at++) {
    while (count > 0 && pattern[count] !== pattern[at]) count = borders[count - 1] ?? 0;
    if (pattern[count] === pattern[at]) count++;
    borders[at] = count;
  }
  return borders;
}
