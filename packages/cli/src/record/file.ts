import { openSync, realpathSync, writeFileSync } from 'node:fs';
import { toLine } from '@modelslab-reload/core';
import { CommandError } from '../errors.ts';
import { nameOf, reasonOf } from '../input/read-input.ts';
import type { Io } from '../io.ts';
import { isSameFile, statOf } from './identity.ts';
import { lock } from './lock.ts';
import { findNameFault } from './windows-name.ts';

/**
 * Opens an NDJSON file for a record: an existing one is emptied, a new one is readable only by its owner. Returns a
 * function that writes a value as one line immediately; its first failure ends the record with a message on stderr.
 */
export function openRecord(
  { process, onExit }: Pick<Io, 'process' | 'onExit'>,
  path: string,
  inputFiles: readonly string[],
) {
  checkPath(process.platform, path, inputFiles);
  const isRegular = statOf(path)?.isFile() ?? true;
  let unlock: (() => void) | undefined;
  let file: number | null;
  try {
    // Created before it is locked, because a link to a missing file has no real path.
    file = openSync(path, 'a', 0o600);
    if (isRegular) {
      unlock = lock(realpathSync(path));
      // By its path, because on Windows a file that is open for appending cannot be truncated.
      writeFileSync(path, '');
    }
  } catch (error) {
    unlock?.();
    throw error instanceof CommandError ? error : notWritable(path, reasonOf(error));
  }
  // Not closed at the end of the process, when the open exchanges are still written.
  if (unlock) onExit(unlock);
  return (value: unknown): void => {
    if (file === null) return;
    try {
      writeFileSync(file, `${JSON.stringify(value)}\n`);
    } catch (error) {
      // The run is more important than its record.
      file = null;
      process.stderr.write(`modelslab-reload: The record ends here: ${toLine(reasonOf(error))}.\n`);
    }
  };
}

function checkPath(platform: NodeJS.Platform, path: string, inputFiles: readonly string[]): void {
  const fault = platform === 'win32' ? findNameFault(path) : null;
  if (fault !== null) throw new CommandError(`--record ${path}: ${fault}.`, 'Use another name.');
  const stats = statOf(path);
  // Nothing is lost in a device such as /dev/null.
  const isStdout = stats?.isCharacterDevice() === false && isSameFile(path, 1);
  if (path === '-' || isStdout) {
    throw new CommandError(
      '--record needs a file: stdout is for the results.',
      'Use a file, such as --record record.ndjson.',
    );
  }
  // Windows opens one.
  if (stats?.isDirectory()) throw notWritable(path, 'it is a folder');
  const input = inputFiles.find((one) => isSameFile(path, one));
  if (input === undefined) return;
  throw new CommandError(
    `--record would overwrite ${nameOf(input)}, which is read.`,
    'Use another file.',
  );
}

function notWritable(path: string, reason: string): CommandError {
  return new CommandError(
    `${path} cannot be written: ${reason}.`,
    'Use a file in a writable folder.',
  );
}
