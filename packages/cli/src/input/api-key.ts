import { CommandError } from '../errors.ts';
import type { Io } from '../io.ts';
import { MAX_KEY_LENGTH } from './known-keys.ts';
import { findShell, SHELLS } from '../output/shell.ts';
import { nameOf, readInput } from './read-input.ts';

/** Returns the API key from the file (`-` is standard input) if one is named, otherwise from the environment. */
export async function readApiKey(
  { process, environmentKey, rememberKey }: Io,
  file: string | undefined,
): Promise<string> {
  if (file !== undefined) {
    const key = (await readInput(process, file, { what: 'API key', maxBytes: 65_536 })).trim();
    rememberKey(key);
    if (key === '') {
      throw new CommandError(
        `No API key found in ${nameOf(file)}.`,
        'It must contain the key and nothing else.',
      );
    }
    return checkLength(key, nameOf(file));
  }
  if (environmentKey !== '') return checkLength(environmentKey, 'MODELSLAB_API_KEY');
  throw new CommandError(
    'No API key is set. Find it in the dashboard of your account at https://modelslab.com.',
    `Set it for this shell: ${SHELLS[findShell(process)].ask}   (then paste it and press Enter)\n` +
      'Or save it in a file, and use --api-key-file <path>.',
  );
}

// The core would take minutes to redact it.
function checkLength(key: string, source: string): string {
  if (key.length <= MAX_KEY_LENGTH) return key;
  throw new CommandError(
    `The API key in ${source} is too long: ${key.length} characters.`,
    'It must be the key and nothing else.',
  );
}
