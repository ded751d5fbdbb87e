import type { EmulatorRequest } from './types.ts';

export type Body = Readonly<Record<string, unknown>>;

export const MAX_BODY_BYTES = 2 ** 20;

/** Reads a body to its end, because a client that still sends may not see a reply. Keeps only what shows that it is too large. */
export async function readBody(chunks: AsyncIterable<Buffer>): Promise<string> {
  const kept: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    if (bytes <= MAX_BODY_BYTES) kept.push(chunk);
    bytes += chunk.length;
  }
  return Buffer.concat(kept).toString();
}

/** Returns the fields of a JSON object, or null for any other text. */
export function parseBody(text: string): Body | null {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? { ...value } : null;
  } catch {
    return null;
  }
}

/** Returns the path of a URL or of a request target, without the query. */
export function parsePath(url: string): string {
  const path = URL.canParse(url) ? new URL(url).pathname : url;
  return path.split(/[?#]/, 1)[0] ?? '';
}

/** Returns the origin that a request was sent to, from its absolute URL or its Host. */
export function parseOrigin({ url, headers }: Pick<EmulatorRequest, 'url' | 'headers'>): string {
  return URL.canParse(url) ? new URL(url).origin : `http://${headers['host'] ?? ''}`;
}
