/** Maximum size of a body. Replies of the API are far smaller than 1 KiB. */
export const MAX_BODY_BYTES = 1024 * 1024;

/** The error for a body, or a decoded body, that is too large. It has undici's code, so that all transports have one. */
export class TooLargeError extends Error {
  readonly code = 'UND_ERR_RES_EXCEEDED_MAX_SIZE';

  constructor() {
    super('The body is larger than 1 MiB');
  }
}

export function isGzip(body: Uint8Array): boolean {
  return body[0] === 0x1f && body[1] === 0x8b;
}

/** Reads a stream to its end. If it is too large, cancels it and throws a {@link TooLargeError}. */
export async function readStream(
  stream: ReadableStream<Uint8Array<ArrayBuffer>> | null,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  const reader = stream?.getReader();
  for (let read = await reader?.read(); read?.value; read = await reader?.read()) {
    length += read.value.length;
    if (length > maxBytes) {
      // Not awaited: the copy of a body ends only when the other one has ended.
      reader?.cancel().catch(() => {});
      throw new TooLargeError();
    }
    chunks.push(read.value);
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}
