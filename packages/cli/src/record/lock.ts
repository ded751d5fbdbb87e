import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { CommandError } from '../errors.ts';
import { codeOf } from '../input/read-input.ts';

/**
 * Locks a file with another beside it that contains the id of this process, and returns a function that unlocks it. The
 * lock of a killed process is replaced.
 */
export function lock(path: string): () => void {
  const lockPath = `${path}.lock`;
  try {
    writeFileSync(lockPath, String(process.pid), { flag: 'wx' });
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') {
      // In a folder that is not writable, an existing record can still be written. On a full disk, an empty lock is left.
      remove(lockPath);
      return () => {};
    }
    const owner = readOwner(lockPath);
    if (isRunning(owner)) {
      throw new CommandError(
        `Another run writes ${path} (process ${owner || 'unknown'}).`,
        `Use another file. If no other run uses this one, delete ${lockPath}.`,
      );
    }
    // Another user's stays.
    return remove(lockPath) ? lock(path) : () => {};
  }
  return () => void remove(lockPath);
}

function remove(lockPath: string): boolean {
  try {
    rmSync(lockPath, { force: true });
    return true;
  } catch {
    return false;
  }
}

function readOwner(lockPath: string): string {
  try {
    return readFileSync(lockPath, 'utf8');
  } catch {
    return '';
  }
}

function isRunning(owner: string): boolean {
  // The owner has not written its id yet, or it is another user's.
  if (owner === '') return true;
  const pid = Number(owner);
  // Every container has a process 1.
  if (!Number.isSafeInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Without permission, it is another user's.
    return codeOf(error) === 'EPERM';
  }
}
