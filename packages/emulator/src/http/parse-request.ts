/** Fields of a JSON object. */
export type Body = Readonly<Record<string, unknown>>;

/** Parses a JSON object. Returns null for any other text. */
export function parseBody(text: string): Body | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns the path of a URL or of a request target, without the query. */
export function parsePath(url: string): string {
  const path = URL.canParse(url) ? new URL(url).pathname : url;
  return path.split(/[?#]/, 1)[0] ?? '';
}
