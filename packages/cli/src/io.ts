import { createExit, type Exit } from './exit.ts';
import { createKnownKeys, type KnownKeys } from './input/known-keys.ts';
import { createStdout, type Stdout } from './output/stdout.ts';

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

/** What one run reads, writes and ends: its process, the results on stdout, the exit, and the keys that it knows. */
export interface Io extends Exit, KnownKeys, Stdout {
  process: Process;
}

/** Creates the input and output of one run. */
export function createIo(process: Process): Io {
  return {
    process,
    ...createExit(process),
    ...createKnownKeys(process.env),
    ...createStdout(process),
  };
}
