import { createRedactor } from '@modelslab-reload/core';

/** A shorter text is not redacted: it would match ordinary words. */
const MIN_SECRET_LENGTH = 8;

/** A longer text is not a key, and redacting it would take long. */
export const MAX_KEY_LENGTH = 4096;

/** The API keys that a run has read. */
export interface KnownKeys {
  /** Returns the key of the environment; empty without one. */
  environmentKey: () => string;
  /** Makes `redactKeys` redact a key that was read from a file. */
  rememberKey: (key: string) => void;
  /** Removes the known keys from a message, which may quote a key that was typed in the wrong place. */
  redactKeys: (text: string) => string;
}

/** Creates the keys of a run, which begin with that of the environment. */
export function createKnownKeys(env: NodeJS.ProcessEnv): KnownKeys {
  let fileKey = '';
  const environmentKey = () => (env.MODELSLAB_API_KEY ?? '').trim();
  return {
    environmentKey,
    rememberKey(key) {
      fileKey = key;
    },
    redactKeys: (text) =>
      [fileKey, environmentKey()]
        .filter(({ length }) => length >= MIN_SECRET_LENGTH && length <= MAX_KEY_LENGTH)
        .reduce((redacted, key) => createRedactor(key)(redacted), text),
  };
}
