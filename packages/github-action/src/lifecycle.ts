import { setFailed } from '@actions/core';

/** Why a step ends early: the runner cancelled it, or it stalled with nothing left to wait for. */
export type ShutdownReason = 'cancelled' | 'stalled';

let isDone = false;

/**
 * Returns a signal that aborts when the step must end early; its reason is a `ShutdownReason`.
 * Fails the step unless `exitStep` ran, so that an unsettled promise is not reported as success.
 */
export function watchShutdown(): AbortSignal {
  const shutdown = new AbortController();
  // A second signal of the same kind has no listener, so it ends the process immediately.
  process.once('SIGINT', () => shutdown.abort('cancelled'));
  process.once('SIGTERM', () => shutdown.abort('cancelled'));
  process.once('beforeExit', () => shutdown.abort('stalled'));
  process.once('exit', () => {
    if (!isDone) setFailed('The step stalled. This is a bug in the action.');
  });
  return shutdown.signal;
}

/** Exits once all output is written, because an open connection or name lookup must not hold the process. */
export function exitStep(): void {
  isDone = true;
  process.stdout.write('', () => process.exit());
}
