import { writeSync } from 'node:fs';

/** Writes a short result past the stream, which takes 5 ms to set up; the stream where that cannot be. */
export function printAtOnce(text: string): void {
  try {
    writeSync(1, text);
  } catch {
    guardStdout();
    process.stdout.write(text);
  }
}

/** Writes a result to standard output and resolves when it is out of this process. */
export function print(text: string): Promise<void> {
  return new Promise((resolve) => process.stdout.write(text, () => resolve()));
}

/** Ends the process in order, and without a stack, when its output can go nowhere. */
export function guardStdout(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // The reader has gone, as `head` does when it has enough; Windows says EOF.
    if (error.code === 'EPIPE' || error.code === 'EOF') process.exit(141);
    process.stderr.write(`modelslab-reload: The output cannot be written: ${error.message}\n`);
    process.exit(1);
  });
  // Nobody reads what is said beside the results: that is no reason to stop.
  process.stderr.on('error', () => {});
}
