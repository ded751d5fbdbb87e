import { CommandError } from './command-error.ts';
import { readInput } from './input.ts';

/** The API key: from the file (`-` is standard input) where one is named, else from the environment. */
export async function readApiKey(file: string | undefined): Promise<string> {
  if (file !== undefined) {
    const key = (await readInput(file, 'API key')).trim();
    if (key !== '') return key;
    throw new CommandError(
      `There is no API key in ${file === '-' ? 'standard input' : file}.`,
      'It must hold the key and nothing else.',
    );
  }
  const key = (process.env.MODELSLAB_API_KEY ?? '').trim();
  if (key !== '') return key;
  const [message = '', ...more] = noKey(process.platform);
  throw new CommandError(message, more.join('\n'));
}

function noKey(platform: NodeJS.Platform): string[] {
  const set =
    platform === 'win32'
      ? "$env:MODELSLAB_API_KEY = '<your key>'"
      : 'read -rs MODELSLAB_API_KEY && export MODELSLAB_API_KEY   (then paste it, and Enter)';
  return [
    'No API key is set. Yours is in the dashboard of your account at https://modelslab.com.',
    `Set it for this shell: ${set}`,
    'Or keep it in a file and name that with --api-key-file <path>.',
  ];
}

/** Refuses a key among the words of the command line, without repeating it. */
export function refuseApiKeyOption(args: readonly string[]): void {
  const end = args.indexOf('--');
  const words = end === -1 ? args : args.slice(0, end);
  if (!words.some((word) => /^--?api[-_]?key(?:=|$)/i.test(word))) return;
  throw new CommandError(
    'The API key cannot be given as an option: the process list and the history of the shell would show it.',
    'Set MODELSLAB_API_KEY, or name a file with --api-key-file <path>.',
  );
}
