// Written by scripts/release/write-version.mjs.
export const version = '0.0.0';
