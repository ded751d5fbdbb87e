/** A longer body is not read; no error of the API is longer. */
const MAX_BYTES = 65_536;

/** The part of a `Response` that is read, so that one of another realm or package is recognized too. */
export interface ResponseLike {
  ok: boolean;
  bodyUsed: boolean;
  headers: { get(name: string): string | null };
  clone(): { body: ReadableStream<Uint8Array> | null };
}

/** Returns true for a `Response`. */
export function isResponse(value: unknown): value is ResponseLike {
  if (typeof value !== 'object' || value === null) return false;
  const { ok, headers, clone }: { ok?: unknown; headers?: unknown; clone?: unknown } = value;
  return typeof ok === 'boolean' && typeof headers === 'object' && typeof clone === 'function';
}

/** Returns the JSON of a response, whose body can still be read afterwards; null for anything else. */
export async function readJson(response: ResponseLike): Promise<unknown> {
  try {
    if (response.bodyUsed || !/\bjson\b/i.test(response.headers.get('content-type') ?? '')) {
      return null;
    }
    const reader = response.clone().body?.getReader();
    if (!reader) return null;
    const decoder = new TextDecoder();
    let text = '';
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return JSON.parse(text + decoder.decode());
      text += decoder.decode(value, { stream: true });
      if (text.length > MAX_BYTES) {
        // Not awaited: it ends only when the other copy of the body has ended.
        void reader.cancel().catch(() => {});
        return null;
      }
    }
  } catch {
    return null;
  }
}
