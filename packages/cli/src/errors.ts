import { ERROR_SPECS, ReloadError, toLine, type ErrorCode } from '@modelslab-reload/core';
import { redactKeys } from './known-keys.ts';

/** An error for a person: what is wrong, what to do about it, and the exit code. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  /** What to do next; null if the message says it. May have several lines. */
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

/** Exit codes by what ends a run from outside. */
export const SIGNAL_EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
export const READER_GONE_EXIT_CODE = 141;

const MEANINGS: Readonly<Record<number, string>> = {
  0: 'all models reached what --until asks for',
  1: 'any other failure, or failures with different exit codes',
  2: 'invalid command line; nothing was sent',
  3: 'wrong key, or a plan without this call',
  4: 'rate limited',
  5: 'unknown model id',
  6: 'no credits',
  7: 'timed out',
  10: 'the API was not reached',
  129: 'ended by SIGHUP, as 130',
  130: 'ended by Ctrl-C (SIGINT); unfinished models are reported as aborted',
  141: 'the reader of stdout went away, as in `… | head -1`',
  143: 'ended by SIGTERM, as 130',
};

/** Returns the table of exit codes, with the error codes that each stands for. */
export function exitCodeTable(): (readonly [exitCode: number, meaning: string])[] {
  return Object.entries(MEANINGS).map(([text, meaning]) => {
    const exitCode = Number(text);
    const codes = Object.entries(ERROR_SPECS)
      .filter(([, spec]) => spec.exitCode === exitCode)
      .map(([code]) => code);
    const names = codes.length === 0 || exitCode === 1 ? '' : ` (${codes.join(', ')})`;
    return [exitCode, `${meaning}${names}`];
  });
}

/** Writes an error to stderr as clean, bounded lines without a stack or a key; returns its exit code. */
export function reportError(error: unknown): number {
  const { message, hint, exitCode } = toCommandError(error);
  const lines = [`modelslab-reload: ${message}`, ...(hint ?? '').split('\n')];
  for (const line of lines.map((text) => toLine(redactKeys(text)))) {
    if (line !== '') process.stderr.write(`${line}\n`);
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
    'This is a bug in modelslab-reload. Please report it, with a file made by --record if you can.',
    1,
  );
}
