import { once } from 'node:events';
import { formatHelp, parseCommandLine } from './command-line.ts';
import type { EmulatorOptions } from './options.ts';
import { start } from './server.ts';

/** What the emulator's command needs of the program that runs it. */
export interface CommandHost {
  /** What starts the command, for its usage. */
  readonly program: string;
  readonly version: string;
  /** Width of the terminal, if stdout is one. */
  readonly columns: number | undefined;
  /** Writes a result: the URL, the help or the version. */
  readonly print: (text: string) => void;
  /** Writes a line of the log of requests. */
  readonly log: (line: string) => void;
  /** Reports that the server runs. */
  readonly onStart: (url: string, options: EmulatorOptions) => void;
  /** Reports that the command cannot run, and returns the exit code. */
  readonly fail: (message: string, advice: string, exitCode: number) => number;
  /** Its abort stops the server. */
  readonly signal: AbortSignal;
}

/**
 * Runs the emulator's command until it is stopped. `modelslab-reload emulator` is the same command.
 *
 * @param args the words after the command's name
 * @returns the exit code: 0, or that of `host.fail`
 */
export async function runEmulator(args: string[], host: CommandHost): Promise<number> {
  let options;
  try {
    options = parseCommandLine(args);
  } catch (error) {
    // parseArgs adds advice about positional arguments, which this command does not have.
    const [message = ''] = readMessage(error).split('. To specify', 1);
    return host.fail(message, `See ${host.program} --help.`, 2);
  }
  if (options === 'help') host.print(formatHelp(host.program, host.columns));
  else if (options === 'version') host.print(`${host.version}\n`);
  else return serve(options, host);
  return 0;
}

async function serve(options: EmulatorOptions, host: CommandHost): Promise<number> {
  const { signal } = host;
  let emulator;
  try {
    emulator = await start({ ...options, log: host.log });
  } catch (error) {
    const advice = 'Choose another address with --host or --port; --port 0 picks a free port.';
    return host.fail(readMessage(error), advice, 1);
  }
  host.print(`${emulator.url}\n`);
  host.onStart(emulator.url, options);
  if (!signal.aborted) await once(signal, 'abort');
  await emulator.close();
  return 0;
}

function readMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
