export const SIGNAL_EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143, SIGBREAK: 149 } as const;

export function createExit(
  process: Pick<NodeJS.Process, 'platform' | 'pid' | 'removeAllListeners' | 'kill' | 'exit'>,
) {
  const tasks = new Set<() => void>();
  return {
    /** Registers a short synchronous task for the end of the process; returns a function that cancels it. */
    onExit: (task: () => void): (() => void) => {
      tasks.add(task);
      return () => void tasks.delete(task);
    },
    exit: (exitCode: number): void => {
      for (const task of tasks) task();
      tasks.clear();
      // A shell stops a loop or a script only if the signal itself ended its child, because exit code 130 could mean
      // anything. Windows has no signals, and process 1 of a container ignores them.
      if (exitCode === SIGNAL_EXIT_CODES.SIGINT && process.platform !== 'win32') {
        process.removeAllListeners('SIGINT');
        process.kill(process.pid, 'SIGINT');
      }
      process.exit(exitCode);
    },
  };
}
