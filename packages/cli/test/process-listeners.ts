import { afterEach, beforeEach } from 'vitest';

const NAMES = ['SIGINT', 'SIGTERM', 'SIGHUP', 'uncaughtException'] as const;

/**
 * Lets each test of this file start without listeners for signals and uncaught exceptions, and restores those of the
 * test runner after it, because other files run in the same process, and their errors must not be lost.
 */
export function isolateProcessListeners(): void {
  let before: [string, Function[]][] = [];
  beforeEach(() => {
    before = NAMES.map((name) => [name, process.rawListeners(name)]);
    for (const name of NAMES) process.removeAllListeners(name);
  });
  afterEach(() => {
    for (const [name, listeners] of before) {
      process.removeAllListeners(name);
      for (const listener of listeners) process.on(name, listener as () => void);
    }
  });
}
