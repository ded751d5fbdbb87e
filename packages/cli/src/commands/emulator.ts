import { start, type EmulatorOptions } from '@modelslab-reload/emulator';
import { toEmulatorOptions, type EmulatorFlags } from '../emulator-options.ts';
import { CommandError } from '../errors.ts';
import type { Io } from '../io.ts';
import { shortDuration } from '../option-types.ts';
import { wrapFor } from '../output/terminal.ts';
import { findShell, SHELLS, type Shell } from '../output/shell.ts';
import { runWithSignals } from '../signals.ts';

/** `modelslab-reload emulator`: runs a local emulator of the API until a signal ends it. */
export async function emulator(io: Io, flags: EmulatorFlags): Promise<number> {
  const { stderr } = io.process;
  const options = toEmulatorOptions(flags);
  const running = await listen({
    ...options,
    log: (line) => void stderr.write(`${line}\n`),
  });
  return runWithSignals(io, async (signal) => {
    const { url } = running;
    io.print(`${url}\n`);
    const text =
      'The emulator of the ModelsLab API is running; Ctrl-C ends it. In another terminal:';
    // The command stays one line, so that it can be copied.
    const command = tryCommand(url, options, findShell(io.process));
    stderr.write(`${wrapFor(stderr, text, '')}\n  ${command}\n`);
    await new Promise((resolve) => {
      signal.addEventListener('abort', resolve, { once: true });
    });
    await running.close();
    return 0;
  });
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

async function listen(options: EmulatorOptions) {
  try {
    return await start(options);
  } catch (error) {
    throw new CommandError(
      error instanceof Error ? error.message : String(error),
      'Choose another address with --host or --port; --port 0 picks a free port.',
      1,
    );
  }
}
