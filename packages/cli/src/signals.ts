import { ReloadError } from '@modelslab-reload/core';
import { CommandError } from './errors.ts';
import { SIGNAL_EXIT_CODES } from './exit.ts';
import type { Io } from './io.ts';

/** npm and pnpm forward Ctrl-C to a process that already received it from the terminal. */
const SAME_SIGNAL_MS = 200;

/**
 * Runs a task that the first SIGINT, SIGTERM, SIGHUP or SIGBREAK (Ctrl-Break on Windows) stops: its signal is aborted, so
 * that it can still report the finished models, and the exit code is that of the signal. A second signal ends the process
 * immediately, and so does one while the last output is written. An uncaught exception stops the task, and is then thrown.
 */
export async function runWithSignals(
  { process, exit }: Pick<Io, 'process' | 'exit'>,
  task: (signal: AbortSignal) => Promise<number>,
): Promise<number> {
  const controller = new AbortController();
  let first: { exitCode: number; at: number } | undefined;
  let fault: { error: unknown } | undefined;
  let isOver = false;
  const onSignal = (name: keyof typeof SIGNAL_EXIT_CODES) => {
    const at = performance.now();
    if (first !== undefined && at - first.at < SAME_SIGNAL_MS) return;
    const exitCode = SIGNAL_EXIT_CODES[name];
    if (first !== undefined || isOver) exit(exitCode);
    first = { exitCode, at };
    controller.abort();
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK'] as const)
    process.on(name, onSignal);
  process.on('uncaughtException', (error) => {
    fault ??= { error };
    controller.abort();
  });
  try {
    const exitCode = await task(controller.signal);
    if (fault !== undefined) throw fault.error;
    return first?.exitCode ?? exitCode;
  } catch (error) {
    if (fault !== undefined) throw fault.error;
    if (first === undefined || !ReloadError.isInstance(error)) throw error;
    throw new CommandError(error.message, error.hint, first.exitCode);
  } finally {
    isOver = true;
  }
}
