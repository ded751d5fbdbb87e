import { parseCommandLine, type CommandLine } from './command-line.ts';
import { reportError, SIGNAL_EXIT_CODES } from './errors.ts';
import { flushOutput, handleStreamErrors, print } from './output/stdout.ts';
import { endProcess } from './signals.ts';
import { version } from './version.ts';

/** Maximum time that an interrupted process waits for a reader that has stopped reading. */
const MAX_IDLE_MS = 3000;

/** Runs the command line and ends the process with its exit code. */
export async function main(args: string[]): Promise<void> {
  handleStreamErrors();
  let exitCode: number;
  try {
    exitCode = await runCommand(parseCommandLine(args));
  } catch (error) {
    exitCode = reportError(error);
  }
  // Part of the output may still be in a pipe, and an abandoned connection may still be open.
  const isInterrupted = Object.values<number>(SIGNAL_EXIT_CODES).includes(exitCode);
  await flushOutput(isInterrupted ? MAX_IDLE_MS : Infinity);
  endProcess(exitCode);
}

async function runCommand(line: CommandLine): Promise<number> {
  switch (line.command) {
    case 'reload':
      return (await import('./commands/reload.ts')).reload(line.flags, line.modelIds);
    case 'list':
      return (await import('./commands/list.ts')).list(line.flags);
    case 'emulator':
      return (await import('./commands/emulator.ts')).emulator(line.flags);
    case 'completion':
      return (await import('./commands/completion.ts')).completion(line.operands);
    case 'help':
      return (await import('./commands/help.ts')).help(line.topic);
    case 'version':
      break;
  }
  print(`${version}\n`);
  return 0;
}
