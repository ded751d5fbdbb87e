/**
 * Stands in for `node:http2` in the bundle: undici loads it at its start (8 ms), and uses it only with
 * an option that is never set here. It is ready for the module to be missing.
 */
export const constants = {};
