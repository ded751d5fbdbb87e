/** A string after some decoding, in lower case: each UTF-16 unit has the part of the original that it comes from. */
export interface Layer {
  text: string;
  starts: Uint32Array;
  ends: Uint32Array;
}

/** Returns the layer of a string that is not decoded. */
export function toLayer(original: string): Layer {
  const places = new Uint32Array(original.length + 1).map((_, at) => at);
  return { text: toLowerCase(original), starts: places, ends: places.subarray(1) };
}

/**
 * Replaces in a layer what matches a pattern.
 *
 * @param read returns the replacement, which is not longer than the match, or the match itself
 */
export function rewrite(layer: Layer, pattern: RegExp, read: (found: string) => string): Layer {
  const starts = new Uint32Array(layer.text.length);
  const ends = new Uint32Array(layer.text.length);
  let length = 0;
  let copied = 0;
  const copyTo = (end: number) => {
    for (; copied < end; copied++, length++) {
      starts[length] = layer.starts[copied] ?? 0;
      ends[length] = layer.ends[copied] ?? 0;
    }
  };
  const text = layer.text.replace(pattern, (found, from: number) => {
    const replacement = read(found);
    if (replacement === found) return found;
    copyTo(from);
    copied += found.length;
    for (let unit = 0; unit < replacement.length; unit++, length++) {
      starts[length] = layer.starts[from] ?? 0;
      ends[length] = layer.ends[copied - 1] ?? 0;
    }
    return toLowerCase(replacement);
  });
  copyTo(layer.text.length);
  return { text, starts, ends };
}

/** Returns a string of the same length; a unit that would become two stays. */
function toLowerCase(text: string): string {
  return text.replace(/[A-Z]+|[^\0-\x7f]/g, (found) => {
    const lower = found.toLowerCase();
    return lower.length === found.length ? lower : found;
  });
}
