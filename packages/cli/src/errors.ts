import { ERROR_SPECS, ReloadError, toLine, type ErrorCode } from '@modelslab-reload/core';
import { SIGNAL_EXIT_CODES } from './exit.ts';
import type { Io } from './io.ts';
import { wrapFor } from './output/terminal.ts';

/** An error for the user: what is wrong, what to do, and the exit code. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  /** What to do next; null if the message already contains it. May have several lines. */
  readonly hint: string | null;
  readonly exitCode: number;

  constructor(message: string, hint: string | null = null, exitCode = 2) {
    super(message);
    this.hint = hint;
    this.exitCode = exitCode;
  }
}

/** Returns the exit code of a run with these failures: 0 without any, 1 if their exit codes differ. */
export function exitCodeFor(failures: Iterable<ErrorCode>): number {
  const codes = new Set(Array.from(failures, (code) => ERROR_SPECS[code].exitCode));
  const [only = 0] = codes;
  return codes.size > 1 ? 1 : only;
}

export const READER_GONE_EXIT_CODE = 141;

const OTHER_EXIT_CODES: readonly (readonly [exitCode: number, meaning: string])[] = [
  [0, 'all models met the --until condition'],
  [1, 'failures with different exit codes'],
  [SIGNAL_EXIT_CODES.SIGHUP, 'ended by SIGHUP, like 130'],
  [SIGNAL_EXIT_CODES.SIGINT, 'ended by Ctrl-C (SIGINT); unfinished models are reported as aborted'],
  [READER_GONE_EXIT_CODE, 'the reader of stdout closed it, as in `… | head -1`'],
  [SIGNAL_EXIT_CODES.SIGTERM, 'ended by SIGTERM, like 130'],
  [SIGNAL_EXIT_CODES.SIGBREAK, 'ended by Ctrl-Break on Windows, like 130'],
];

/** Returns all exit codes with their meanings: those of the error codes, and the others. */
export function exitCodeTable(): (readonly [exitCode: number, meanings: string[]])[] {
  const table = new Map<number, string[]>();
  const add = (exitCode: number, meaning: string) =>
    table.set(exitCode, [...(table.get(exitCode) ?? []), meaning]);
  for (const [code, { exitCode, meaning }] of Object.entries(ERROR_SPECS)) {
    // Aborted models get the exit code of the signal.
    if (code === 'aborted') continue;
    const words = meaning
      .replace('`requestTimeoutMs`', '--request-timeout')
      .replace('`timeoutMs`', '--timeout');
    add(exitCode, `${words} (${code})`);
  }
  for (const [exitCode, meaning] of OTHER_EXIT_CODES) add(exitCode, meaning);
  return [...table].toSorted(([one], [other]) => one - other);
}

/** Writes an error to stderr as clean, bounded lines without a stack or a key, and returns its exit code. */
export function reportError(
  { process: { stderr }, redactKeys }: Pick<Io, 'process' | 'redactKeys'>,
  error: unknown,
): number {
  const { message, hint, exitCode } = toCommandError(error);
  const lines = [`modelslab-reload: ${message}`, ...(hint ?? '').split('\n')];
  for (const line of lines.map((text) => toLine(redactKeys(text)))) {
    if (line !== '') stderr.write(`${wrapFor(stderr, line)}\n`);
  }
  return exitCode;
}

function toCommandError(error: unknown): CommandError {
  if (error instanceof CommandError) return error;
  if (ReloadError.isInstance(error)) {
    return new CommandError(error.message, error.hint, exitCodeFor([error.code]));
  }
  const message = error instanceof Error ? error.message : String(error);
  return new CommandError(
    `Unexpected error: ${message}`,
    'This is a bug in modelslab-reload. Please report it, if possible with a file written by --record.',
    1,
  );
}
