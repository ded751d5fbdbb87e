import type { Frame } from './status-line.ts';
import { lookOf, type Look } from './style.ts';

const REDRAW_MS = 125;

/** Results on standard output, all else on standard error, and under both one line that moves. */
export interface Screen {
  /** How to write on standard error. */
  look: Look;
  /** Whether the line moves: nobody needs to be told then what it shows. */
  moves: boolean;
  result(text: string): void;
  say(line: string): void;
  /** Takes the moving line away for good. */
  close(): void;
}

/** How wide a terminal is; one that does not say so (0) is as wide as they were for decades. */
export function columnsOf(stream: NodeJS.WriteStream): number {
  return stream.columns || 80;
}

/**
 * @param draw gives the moving line; it is shown where standard error is a terminal that can take
 * lines back and where a person may look at it
 */
export function openScreen(
  flags: { quiet?: boolean; color?: boolean },
  draw: (frame: Frame) => string,
): Screen {
  const { stdout, stderr, env } = process;
  const look = lookOf(stderr.isTTY, env, flags);
  const isCI = env.CI !== undefined && env.CI !== '' && env.CI !== 'false';
  const moves = stderr.isTTY && !flags.quiet && !isCI && env.TERM !== 'dumb';
  if (!moves) {
    return {
      look,
      moves,
      result: (text) => void (text !== '' && stdout.write(text)),
      say: (line) => void stderr.write(`${line}\n`),
      close() {},
    };
  }

  // The cursor rests at the line's beginning. However a terminal wraps what is there when it is
  // resized, the line then reaches from the cursor to the end of the screen. Automatic wrapping is
  // off while it is drawn, so that a text that is wider than it looks is cut, not continued below.
  // The cursor is not hidden: there is nothing to undo when the process is killed.
  const erase = () => stderr.write('\r\u001B[J');
  const show = () => {
    const line = draw({ now: performance.now(), columns: columnsOf(stderr), style: look.style });
    stderr.write(`\u001B[?7l\r${line}\u001B[K\u001B[?7h\r`);
  };
  const redraw = () => {
    erase();
    show();
  };

  show();
  const timer = setInterval(show, REDRAW_MS);
  stderr.on('resize', redraw);
  process.once('exit', erase);
  return {
    look,
    moves,
    result(text) {
      if (text === '') return;
      erase();
      stdout.write(text);
      // What reads a pipe may write to this same terminal (`| tee`): it gets until the next frame.
      if (stdout.isTTY) show();
    },
    say(line) {
      erase();
      stderr.write(`${line}\n`);
      show();
    },
    close() {
      clearInterval(timer);
      stderr.off('resize', redraw);
      process.off('exit', erase);
      erase();
    },
  };
}
