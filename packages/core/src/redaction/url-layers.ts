import type { FindKey } from './find-key.ts';

/** Layers to decode, for URLs in URLs in URLs; the innermost URL is an encoding like any other. */
const MAX_LAYERS = 2;
/** The URL-encoded characters that begin an encoding; without any of them, the layer hides nothing. */
const ENCODED_ESCAPE = /%(?:25|26|5c)/i;
const ENCODED_ASCII = /%[0-7][\da-f]/gi;

/**
 * Returns a search that also finds what a URL contains in another encoding: `%5C%22` for an escaped quote, `%252F` for
 * a slash. The ranges refer to the original text.
 */
export function searchUrlLayers(find: FindKey): FindKey {
  return (text) => {
    const found = find(text);
    let layer = { text, starts: null as number[] | null };
    for (let depth = 0; depth < MAX_LAYERS && ENCODED_ESCAPE.test(layer.text); depth++) {
      layer = decode(layer.text, layer.starts);
      const { starts } = layer;
      for (const [from, to] of find(layer.text))
        found.push([starts?.[from] ?? from, starts?.[to] ?? to]);
    }
    return found;
  };
}

/** Decodes one layer; `starts` has the position of each character, and of the end, in the original text. */
function decode(text: string, before: number[] | null): { text: string; starts: number[] } {
  const starts: number[] = [];
  let decoded = '';
  let copied = 0;
  const copyUntil = (end: number) => {
    decoded += text.slice(copied, end);
    for (; copied < end; copied++) starts.push(before?.[copied] ?? copied);
  };
  for (const { 0: all, index } of text.matchAll(ENCODED_ASCII)) {
    copyUntil(index);
    decoded += String.fromCharCode(Number.parseInt(all.slice(1), 16));
    starts.push(before?.[index] ?? index);
    copied = index + all.length;
  }
  copyUntil(text.length);
  starts.push(before?.[text.length] ?? text.length);
  return { text: decoded, starts };
}
