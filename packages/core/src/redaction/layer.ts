/** A string after some decoding: its UTF-16 units in lower case, and the part of the original that each comes from. */
export interface Layer {
  length: number;
  units: Uint16Array;
  starts: Uint32Array;
  ends: Uint32Array;
}

/** Creates a layer with room for `capacity` units. */
export function createLayer(capacity: number): Layer {
  return {
    length: 0,
    units: new Uint16Array(capacity),
    starts: new Uint32Array(capacity),
    ends: new Uint32Array(capacity),
  };
}

/** Returns the layer of a string that is not decoded. */
export function toLayer(text: string): Layer {
  const layer = createLayer(text.length);
  for (let at = 0; at < text.length; at++) push(layer, text.charCodeAt(at), at, at + 1);
  return layer;
}

/** Appends a unit in lower case, which stands for a part of the original. */
export function push(layer: Layer, unit: number, start: number, end: number): void {
  layer.units[layer.length] = toLowerCase(unit);
  layer.starts[layer.length] = start;
  layer.ends[layer.length] = end;
  layer.length++;
}

function toLowerCase(unit: number): number {
  if (unit < 0x80) return unit >= 0x41 && unit <= 0x5a ? unit + 0x20 : unit;
  const lower = String.fromCharCode(unit).toLowerCase();
  return lower.length === 1 ? lower.charCodeAt(0) : unit;
}
