import { runEmulator, type EmulatorOptions } from '@modelslab-reload/emulator';
import { CommandError } from '../errors.ts';
import type { Io } from '../io.ts';
import { shortDuration } from '../option-types.ts';
import { columnsOf, wrapFor } from '../output/terminal.ts';
import { findShell, SHELLS, type Shell } from '../output/shell.ts';
import { runWithSignals } from '../signals.ts';
import { version } from '../version.ts';

/** `modelslab-reload emulator`: the emulator's own command, which a signal ends. */
export async function emulator(io: Io, args: string[]): Promise<number> {
  const { stdout, stderr } = io.process;
  return runWithSignals(io, (signal) =>
    runEmulator(args, {
      program: 'modelslab-reload emulator',
      version,
      columns: columnsOf(stdout),
      print: io.print,
      log: (line) => void stderr.write(`${line}\n`),
      onStart(url, options) {
        const text =
          'The emulator of the ModelsLab API is running; Ctrl-C ends it. In another terminal:';
        // The command stays one line, so that it can be copied.
        const command = tryCommand(url, options, findShell(io.process));
        stderr.write(`${wrapFor(stderr, text, '')}\n  ${command}\n`);
      },
      fail(message, advice, exitCode) {
        throw new CommandError(message, advice, exitCode);
      },
      signal,
    }),
  );
}

/** Returns a command that can be run as is and suits a load of this length. */
export function tryCommand(
  url: string,
  { apiKey, ...options }: EmulatorOptions,
  shell: Shell,
): string {
  const interval = pollIntervalFor(options);
  const { run, comment } = SHELLS[shell];
  const command = [
    'modelslab-reload',
    // zsh reads `[::1]` as a pattern.
    url.includes('[') ? `--base-url "${url}"` : `--base-url ${url}`,
    ...(interval === null ? [] : [`--poll-interval ${shortDuration(interval)}`]),
    'my-model',
  ].join(' ');
  // The key is not repeated, although it is only the emulator's.
  return apiKey === undefined
    ? run('MODELSLAB_API_KEY', 'demo-key', command)
    : `${command}   ${comment} with MODELSLAB_API_KEY set to the key of --api-key`;
}

const DEFAULT_LOAD_TIME_MS = 120_000;
const DEFAULT_SPAM_WINDOW_MS = 30_000;

/** Returns an interval that suits the load time; null if the client's default suits it. */
function pollIntervalFor({ loadTimeMs, repeat, spamWindowMs }: EmulatorOptions): number | null {
  if (typeof loadTimeMs !== 'number' || loadTimeMs >= DEFAULT_LOAD_TIME_MS) return null;
  // A request within the spam window is rejected, or restarts the load.
  if (repeat === 'refused') return (spamWindowMs ?? DEFAULT_SPAM_WINDOW_MS) + 1000;
  if (repeat === 'restarts') return roundUp(loadTimeMs * 1.25);
  return roundUp(loadTimeMs / 4);
}

function roundUp(ms: number): number {
  return ms < 1000 ? Math.ceil(ms / 100) * 100 : Math.ceil(ms / 1000) * 1000;
}
