import { fstatSync, statSync, type BigIntStats } from 'node:fs';
import { resolve } from 'node:path';

/** Returns the stats of a file, of standard input for `-`, or of a descriptor; null if it does not exist. */
export function statOf(file: string | number): BigIntStats | null {
  try {
    if (file === '-') return fstatSync(0, { bigint: true });
    if (typeof file === 'number') return fstatSync(file, { bigint: true });
    return statSync(file, { bigint: true });
  } catch {
    return null;
  }
}

/** Returns whether a path and another file (as in `statOf`) are the same, through whatever link or spelling. */
export function isSameFile(path: string, other: string | number): boolean {
  // Not `statOf`: as an output, - would be a file of this name.
  const [one, two] = [statOf(resolve(path)), statOf(other)];
  // Some file systems of Windows have no file ids.
  if (one !== null && two !== null && one.ino !== 0n)
    return volumeOf(one) === volumeOf(two) && one.ino === two.ino;
  return typeof other === 'string' && other !== '-' && resolve(path) === resolve(other);
}

/** Returns the volume's number as both functions have it: on Windows, some versions of Node have 64 bits only for a path. */
function volumeOf({ dev }: BigIntStats): bigint {
  return BigInt.asUintN(32, dev);
}
