import { createRedactor } from '@modelslab-reload/core';

/** A shorter text is not redacted: it would match ordinary words. */
const MIN_SECRET_LENGTH = 8;

/** A longer text is not a key, and redacting it would take long. */
export const MAX_KEY_LENGTH = 4096;

let fileKey = '';

/** Makes `redactKeys` redact a key that was read from a file. */
export function rememberKey(key: string): void {
  fileKey = key;
}

/** Returns the key of the environment; empty without one. */
export function environmentKey(): string {
  return (process.env.MODELSLAB_API_KEY ?? '').trim();
}

/** Removes the known keys from a message, which may quote a key that was typed in the wrong place. */
export function redactKeys(text: string): string {
  return [fileKey, environmentKey()]
    .filter(({ length }) => length >= MIN_SECRET_LENGTH && length <= MAX_KEY_LENGTH)
    .reduce((redacted, key) => createRedactor(key)(redacted), text);
}
