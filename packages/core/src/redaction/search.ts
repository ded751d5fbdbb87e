import type { Layer } from './layer.ts';

/** A range of the original string: start, and exclusive end. */
export type Range = [from: number, to: number];

/** Adds the place of each occurrence in a layer; overlapping ones as one range. */
export type Search = (layer: Layer, found: Range[]) => void;

/**
 * Creates a search for a pattern that is not empty, with the algorithm of Knuth, Morris and Pratt: its time is linear,
 * whatever the pattern and the text repeat.
 *
 * @param before units before an occurrence that belong to it
 * @param after units after it
 */
export function createSearch({ units, length }: Layer, before = 0, after = 0): Search {
  const pattern = units.slice(0, length);
  const borders = findBorders(pattern);
  return (layer, found) => {
    let count = 0;
    for (let at = 0; at < layer.length; at++) {
      while (count > 0 && (count === length || pattern[count] !== layer.units[at])) {
        count = borders[count - 1] ?? 0;
      }
      if (pattern[count] === layer.units[at]) count++;
      if (count < length) continue;
      const from = Math.max(0, at + 1 - length - before);
      const to = Math.min(layer.length - 1, at + after);
      add(found, layer.starts[from] ?? 0, layer.ends[to] ?? 0);
    }
  };
}

function add(found: Range[], from: number, to: number): void {
  const last = found.at(-1);
  if (last && from >= last[0] && from < last[1]) last[1] = Math.max(last[1], to);
  else found.push([from, to]);
}

/** Returns for each start of a pattern the length of its longest border: a proper prefix that is also its suffix. */
function findBorders(pattern: Uint16Array): Uint32Array {
  const borders = new Uint32Array(pattern.length);
  let count = 0;
  for (let at = 1; at < pattern.length; at++) {
    while (count > 0 && pattern[count] !== pattern[at]) count = borders[count - 1] ?? 0;
    if (pattern[count] === pattern[at]) count++;
    borders[at] = count;
  }
  return borders;
}
