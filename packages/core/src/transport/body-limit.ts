/** Maximum size of a body. Replies of the API are far smaller than 1 KiB. */
export const MAX_BODY_BYTES = 1024 * 1024;

/** Creates the error for a body, or a decoded body, that is too large. */
export function createTooLargeError(): Error {
  return Object.assign(new Error('The body is larger than 1 MiB'), {
    code: 'UND_ERR_RES_EXCEEDED_MAX_SIZE',
  });
}

/** Returns true for a body that begins like gzip. */
export function isGzip(body: Uint8Array): boolean {
  return body[0] === 0x1f && body[1] === 0x8b;
}
