import { setFailed } from '@actions/core';

/** Why a step ends before its work is done: the runner cancelled it, or nothing is left that could go on. */
export type EarlyEnd = 'cancelled' | 'stalled';

let isOver = false;

/**
 * Gives a signal that aborts when the step must end early; its reason is an `EarlyEnd`. Without `endStep` the
 * process fails, whatever else says: a promise that never settles must not be a green tick.
 */
export function watchForEnd(): AbortSignal {
  const ending = new AbortController();
  const end = (why: EarlyEnd) => ending.abort(why);
  // A second signal of a kind finds no listener, and ends the process at once.
  process.once('SIGINT', () => end('cancelled'));
  process.once('SIGTERM', () => end('cancelled'));
  process.once('beforeExit', () => end('stalled'));
  process.once('exit', () => {
    if (!isOver) setFailed('The step came to a standstill. This is a fault of the action.');
  });
  return ending.signal;
}

/** Ends the process when what it wrote is out: a connection or a name lookup left open must not hold it. */
export function endStep(): void {
  isOver = true;
  process.stdout.write('', () => process.exit());
}
