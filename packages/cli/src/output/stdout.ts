import { CommandError, READER_GONE_EXIT_CODE, reportError } from '../errors.ts';
import { reasonOf } from '../input/read-input.ts';
import { endProcess } from '../signals.ts';

/** Small enough that a slow reader reads one chunk in much less time than `flushOutput` allows. */
const PIECE_BYTES = 65_536;

const waiting: Uint8Array[] = [];
let isWriting = false;
let onProgress = () => {};

/** Writes a result to stdout, in order. */
export function print(text: string): void {
  const bytes = Buffer.from(text);
  for (let start = 0; start < bytes.length; start += PIECE_BYTES) {
    waiting.push(bytes.subarray(start, start + PIECE_BYTES));
  }
  writeNext();
}

// One chunk at a time, because the stream would join them, and would not show that the reader still reads.
function writeNext(): void {
  if (isWriting) return;
  const piece = waiting.shift();
  if (piece === undefined) return;
  isWriting = true;
  process.stdout.write(piece, () => {
    isWriting = false;
    onProgress();
    writeNext();
  });
}

/** Resolves when all output has been written, or when the reader has read nothing for `maxIdleMs`. */
export async function flushOutput(maxIdleMs: number): Promise<void> {
  await Promise.all([flushStdout(maxIdleMs), flushStderr(maxIdleMs)]);
}

function flushStdout(maxIdleMs: number): Promise<void> {
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    onProgress = () => {
      clearTimeout(timer);
      if (waiting.length === 0 && !isWriting) resolve();
      else if (maxIdleMs < Infinity) timer = setTimeout(resolve, maxIdleMs);
    };
    onProgress();
  });
}

function flushStderr(maxIdleMs: number): Promise<void> {
  return new Promise((resolve) => {
    process.stderr.write('', () => resolve());
    if (maxIdleMs < Infinity) setTimeout(resolve, maxIdleMs);
  });
}

/** Ends the process cleanly, without a stack, if its output cannot be written. */
export function handleStreamErrors(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // The reader has closed the pipe, as `head` does when it has enough. Windows reports EOF.
    if (error.code === 'EPIPE' || error.code === 'EOF') endProcess(READER_GONE_EXIT_CODE);
    const problem = `The output cannot be written to stdout: ${reasonOf(error)}.`;
    endProcess(reportError(new CommandError(problem, null, 1)));
  });
  // Nobody reads stderr. The run continues without it.
  process.stderr.on('error', () => {});
}
