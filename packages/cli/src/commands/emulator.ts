import { version } from '@modelslab-reload/core';
import { runEmulator, type EmulatorOptions } from '@modelslab-reload/emulator';
import { CommandError } from '../errors.ts';
import type { Io } from '../io.ts';
import { columnsOf, wrapFor } from '../output/terminal.ts';
import { findShell, SHELLS, type Shell } from '../output/shell.ts';
import { runWithSignals } from '../signals.ts';

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
  const seconds = pollSecondsFor(options);
  const { demo, comment } = SHELLS[shell];
  const command = [
    'modelslab-reload',
    // zsh reads `[::1]` as a pattern.
    url.includes('[') ? `--base-url "${url}"` : `--base-url ${url}`,
    ...(seconds === null ? [] : [`--poll-interval ${seconds}s`]),
    'my-model',
  ].join(' ');
  // The key is not repeated, although it is only the emulator's.
  return apiKey === undefined
    ? `${demo} ${command}`
    : `${command}   ${comment} with MODELSLAB_API_KEY set to the key of --api-key`;
}

/** Returns null if the client's default suits the load time. */
function pollSecondsFor({ loadTimeMs, repeat, spamWindowMs = 30_000 }: EmulatorOptions) {
  if (typeof loadTimeMs !== 'number' || loadTimeMs === 0 || loadTimeMs >= 120_000) return null;
  // A request within the spam window is rejected, or restarts the load.
  if (repeat === 'refused') return Math.ceil(spamWindowMs / 1000) + 1;
  return Math.ceil((loadTimeMs / 1000) * (repeat === 'restarts' ? 1.25 : 0.25));
}
