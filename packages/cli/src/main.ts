import { version } from '@modelslab-reload/core';
import { parseCommandLine, type CommandLine } from './command-line.ts';
import { CommandError, READER_GONE_EXIT_CODE, reportError } from './errors.ts';
import { SIGNAL_EXIT_CODES } from './exit.ts';
import { reasonOf } from './input/read-input.ts';
import { createIo, type Io } from './io.ts';

/** Maximum time that an interrupted process waits for a reader that has stopped reading. */
const MAX_IDLE_MS = 3000;

/** Runs the command line in a process, and ends the process with its exit code. */
export async function main(args: string[], process: NodeJS.Process): Promise<void> {
  const io = createIo(process);
  handleStreamErrors(io);
  let exitCode: number;
  try {
    exitCode = await runCommand(io, parseCommandLine(args));
  } catch (error) {
    exitCode = reportError(io, error);
  }
  // Part of the output may still be in a pipe, and an abandoned connection may still be open.
  const isInterrupted = Object.values<number>(SIGNAL_EXIT_CODES).includes(exitCode);
  await io.flush(isInterrupted ? MAX_IDLE_MS : Infinity);
  io.exit(exitCode);
}

async function runCommand(io: Io, { command, flags, operands }: CommandLine): Promise<number> {
  switch (command) {
    case 'reload':
      return (await import('./commands/reload.ts')).reload(io, flags, operands);
    case 'list':
      return (await import('./commands/list.ts')).list(io, flags);
    case 'emulator':
      return (await import('./commands/emulator.ts')).emulator(io, operands);
    case 'completion':
      return (await import('./commands/completion.ts')).completion(io, operands);
    case 'help':
      return (await import('./commands/help.ts')).help(io, operands[0]);
    case 'version':
      break;
  }
  io.print(`${version}\n`);
  return 0;
}

/** Ends the process cleanly, without a stack, if its output cannot be written. */
function handleStreamErrors(io: Io): void {
  const { stdout, stderr } = io.process;
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    // The reader has closed the pipe, as `head` does when it has enough. Windows reports EOF.
    if (error.code === 'EPIPE' || error.code === 'EOF') io.exit(READER_GONE_EXIT_CODE);
    // Its terminal was closed, which also sends a signal: whatever the run writes then fails.
    if (error.code === 'EIO' && stdout.isTTY) io.exit(SIGNAL_EXIT_CODES.SIGHUP);
    const problem = `The output cannot be written to stdout: ${reasonOf(error)}.`;
    io.exit(reportError(io, new CommandError(problem, null, 1)));
  });
  // Nobody reads stderr. The run continues without it.
  stderr.on('error', () => {});
}
