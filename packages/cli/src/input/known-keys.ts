import { createRedactor } from '@modelslab-reload/core';

/** A shorter text is not redacted: it would match ordinary words. */
const MIN_SECRET_LENGTH = 8;

/** A longer text is not a key, and redacting it would take long. */
export const MAX_KEY_LENGTH = 4096;

/** Creates the API keys that a run has read, which begin with that of the environment. */
export function createKnownKeys(env: NodeJS.ProcessEnv) {
  const environmentKey = (env.MODELSLAB_API_KEY ?? '').trim();
  const keys = [environmentKey];
  return {
    /** The key of the environment; empty without one. */
    environmentKey,
    /** Makes `redactKeys` redact a key that was read from a file. */
    rememberKey: (key: string): void => void keys.unshift(key),
    /** Removes the known keys from a message, which may quote a key that was typed in the wrong place. */
    redactKeys: (text: string) =>
      keys
        .filter(({ length }) => length >= MIN_SECRET_LENGTH && length <= MAX_KEY_LENGTH)
        .reduce((redacted, key) => createRedactor(key)(redacted), text),
  };
}
