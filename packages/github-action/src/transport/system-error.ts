/** Creates an error with a system code, by which the core classifies what a transport throws. */
export function createSystemError(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}
