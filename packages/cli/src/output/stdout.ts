import { writeFileSync } from 'node:fs';
import { statOf } from '../record/identity.ts';

/** Small enough that a slow reader reads one chunk in much less time than `flush` allows. */
const PIECE_BYTES = 65_536;

/** Creates the output to stdout, in which only one chunk at a time is written. */
export function createStdout({ stdout, stderr }: Pick<NodeJS.Process, 'stdout' | 'stderr'>) {
  const isFile = statOf(stdout.fd)?.isFile() === true;
  const waiting: Uint8Array[] = [];
  let isWriting = false;
  let onProgress: (() => void) | undefined;

  // One chunk at a time, because the stream would join them, and would not show that the reader still reads.
  const writeNext = () => {
    if (isWriting) return;
    const piece = waiting.shift();
    if (piece === undefined) return;
    isWriting = true;
    stdout.write(piece, () => {
      isWriting = false;
      onProgress?.();
      writeNext();
    });
  };

  // The stream would ignore that a disk which becomes full takes only a part.
  const writeToFile = (text: string) => {
    try {
      writeFileSync(stdout.fd, text);
    } catch (error) {
      stdout.emit('error', error);
    }
  };

  const flushStdout = (maxIdleMs: number) =>
    new Promise<void>((resolve) => {
      let timer: NodeJS.Timeout | undefined;
      onProgress = () => {
        clearTimeout(timer);
        if (waiting.length === 0 && !isWriting) resolve();
        else if (maxIdleMs < Infinity) timer = setTimeout(resolve, maxIdleMs);
      };
      onProgress();
    });

  const flushStderr = (maxIdleMs: number) =>
    new Promise<void>((resolve) => {
      stderr.write('', () => resolve());
      if (maxIdleMs < Infinity) setTimeout(resolve, maxIdleMs);
    });

  return {
    print: (text: string): void => {
      if (isFile) return writeToFile(text);
      const bytes = Buffer.from(text);
      for (let start = 0; start < bytes.length; start += PIECE_BYTES) {
        waiting.push(bytes.subarray(start, start + PIECE_BYTES));
      }
      writeNext();
    },
    /** Resolves when all output has been written, or when the reader has read nothing for `maxIdleMs`. */
    flush: async (maxIdleMs: number): Promise<void> => {
      await Promise.all([flushStdout(maxIdleMs), flushStderr(maxIdleMs)]);
    },
  };
}
