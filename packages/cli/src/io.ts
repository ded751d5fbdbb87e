import { createExit } from './exit.ts';
import { createKnownKeys } from './input/known-keys.ts';
import { createStdout } from './output/stdout.ts';

export type Io = ReturnType<typeof createIo>;

/**
 * Creates what one run reads, writes and ends: its process, for which a test passes its own, the results on stdout, the
 * exit, and the keys that it knows.
 */
export function createIo(process: NodeJS.Process) {
  return {
    process,
    ...createExit(process),
    ...createKnownKeys(process.env),
    ...createStdout(process),
  };
}
