import { wrap } from './format.ts';
import type { Frame } from './status-line.ts';
import { createTheme } from './theme.ts';
import type { Io } from '../io.ts';

export type Terminal = ReturnType<typeof openTerminal>;

const REDRAW_MS = 125;

/** Returns the width of a terminal; 80 if it reports none, or if it is not a terminal. */
export function columnsOf(stream: NodeJS.WriteStream): number {
  return stream.columns || 80;
}

/** Returns the columns into which lines are wrapped: those of a terminal; in a file or a pipe a line stays one. */
export function wrapColumns(stream: NodeJS.WriteStream): number {
  return stream.isTTY ? columnsOf(stream) : Infinity;
}

/** Wraps a line between words for a stream, with later lines indented. */
export function wrapFor(stream: NodeJS.WriteStream, line: string, indent = '  '): string {
  return wrap(line, wrapColumns(stream), indent).join('\n');
}

/** Opens stdout for results and stderr for the rest, with a moving status line below both if a person may watch. */
export function openTerminal(
  { process, print, onExit }: Io,
  flags: { quiet?: true | undefined; 'no-color'?: true | undefined },
  draw: (frame: Frame) => string,
) {
  const { stdout, stderr, env } = process;
  const theme = createTheme(stderr.isTTY, process, flags);
  const isCI = env.CI !== undefined && env.CI !== '' && env.CI !== 'false';
  const hasStatusLine = stderr.isTTY && !flags.quiet && !isCI && env.TERM !== 'dumb';

  // The cursor stays at the beginning of the line. Even if a terminal wraps the line when it is resized, the line then
  // extends from the cursor to the end of the screen. Automatic wrapping is off while it is drawn, so that text that is
  // wider than its length is truncated, not wrapped. The cursor is not hidden, so there is nothing to undo when the
  // process is killed.
  const erase = () => void (hasStatusLine && stderr.write('\r\u001B[J'));
  const show = () => {
    if (!hasStatusLine) return;
    const columns = columnsOf(stderr);
    const line = draw({ now: performance.now(), wallTime: Date.now(), columns, theme });
    stderr.write(`\u001B[?7l\r${line}\u001B[K\u001B[?7h\r`);
  };
  const redraw = () => {
    erase();
    show();
  };
  show();
  const timer = hasStatusLine ? setInterval(show, REDRAW_MS) : undefined;
  stderr.on('resize', redraw);
  const cancelExitTask = onExit(erase);
  return {
    /** Theme of stderr. */
    theme,
    hasStatusLine,
    result(text: string): void {
      if (text === '') return;
      erase();
      // A terminal is written to directly, to preserve the order of both streams.
      if (stdout.isTTY) stdout.write(text);
      else print(text);
      // The reader of a pipe may write to the same terminal (`| tee`), so it has time until the next frame.
      if (stdout.isTTY) show();
    },
    log(line: string): void {
      erase();
      stderr.write(`${wrapFor(stderr, line, '    ')}\n`);
      show();
    },
    close(): void {
      clearInterval(timer);
      stderr.off('resize', redraw);
      cancelExitTask();
      erase();
    },
  };
}
