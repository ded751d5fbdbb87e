import { createExit } from './exit.ts';
import { createKnownKeys } from './input/known-keys.ts';
import { createStdout } from './output/stdout.ts';

/** The parts of `process` that the command line uses; a test passes its own. */
export type Process = Pick<
  NodeJS.Process,
  | 'stdin'
  | 'stdout'
  | 'stderr'
  | 'env'
  | 'platform'
  | 'pid'
  | 'on'
  | 'removeAllListeners'
  | 'kill'
  | 'exit'
>;

export type Io = ReturnType<typeof createIo>;

/** Creates what one run reads, writes and ends: its process, the results on stdout, the exit, and the keys that it knows. */
export function createIo(process: Process) {
  return {
    process,
    ...createExit(process),
    ...createKnownKeys(process.env),
    ...createStdout(process),
  };
}
