import { ReloadError } from '@modelslab-reload/core';
import { CommandError, SIGNAL_EXIT_CODES } from './errors.ts';

/** npm and pnpm forward Ctrl-C to a process that already received it from the terminal. */
const SAME_SIGNAL_MS = 200;

const exitTasks = new Set<() => void>();

/** Registers a short synchronous task for the end of the process; returns a function that cancels it. */
export function onExit(task: () => void): () => void {
  exitTasks.add(task);
  return () => void exitTasks.delete(task);
}

/** Ends the process. */
export function endProcess(exitCode: number): void {
  for (const task of exitTasks) task();
  exitTasks.clear();
  // A shell stops a loop or a script only if the signal itself ended its child, because exit code 130 could mean
  // anything. Windows has no signals, and process 1 of a container ignores them.
  if (exitCode === SIGNAL_EXIT_CODES.SIGINT && process.platform !== 'win32') {
    process.removeAllListeners('SIGINT');
    process.kill(process.pid, 'SIGINT');
  }
  process.exit(exitCode);
}

/**
 * Runs a task that the first SIGINT, SIGTERM or SIGHUP stops: its signal is aborted, so that it can still report the
 * finished models, and the exit code is that of the signal. A second signal ends the process immediately, and so does
 * one that arrives while the last output is written. An uncaught exception stops the task as well, and is thrown after
 * the task has ended.
 */
export async function runWithSignals(
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
    if (first !== undefined || isOver) endProcess(exitCode);
    first = { exitCode, at };
    controller.abort();
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, onSignal);
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
