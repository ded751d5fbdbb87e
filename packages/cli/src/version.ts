// Written by scripts/write-version.mjs.
export const version = '0.0.0';
