import { setTimeout as sleep } from 'node:timers/promises';
import { spawn } from '@lydell/node-pty';
import xterm from '@xterm/headless';
import { bin, environment } from './cli.ts';

/** The command line in a pseudo-terminal, and its screen. */
export interface Terminal {
  /** Returns the lines on the screen, without trailing spaces and trailing empty lines. */
  screen(): string[];
  /** Waits until a line of the screen matches. */
  until(line: RegExp): Promise<string>;
  type(text: string): void;
  resize(columns: number): void;
  /** Waits for the end and returns the exit code, which is 130 after SIGINT as in a shell. */
  ended(): Promise<number>;
  kill(): void;
  /** Returns everything that was written to the terminal. */
  raw(): string;
  emulated: xterm.Terminal;
}

export function openTerminal(
  args: string[],
  env: Record<string, string | undefined> = {},
  { columns = 100, rows = 24 } = {},
): Terminal {
  const emulated = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
  let raw = '';
  const pty = spawn(process.execPath, [bin, ...args], {
    cols: columns,
    rows,
    env: environment({ TERM: 'xterm-256color', ...env }),
  });
  pty.onData((text) => {
    raw += text;
    emulated.write(text);
  });
  const exit = new Promise<number>((resolve) => {
    pty.onExit(({ exitCode, signal = 0 }) => resolve(signal === 0 ? exitCode : 128 + signal));
  });

  const screen = () => {
    const { active } = emulated.buffer;
    const lines = Array.from({ length: active.length }, (_, at) =>
      (active.getLine(at)?.translateToString(true) ?? '').trimEnd(),
    );
    return lines.slice(0, lines.findLastIndex((line) => line !== '') + 1);
  };

  return {
    emulated,
    screen,
    raw: () => raw,
    async until(pattern) {
      for (let tries = 0; tries < 500; tries++) {
        const found = screen().find((line) => pattern.test(line));
        if (found !== undefined) return found;
        await sleep(10);
      }
      throw new Error(`No line matches ${pattern}:\n${screen().join('\n')}`);
    },
    type: (text) => pty.write(text),
    resize(newColumns) {
      pty.resize(newColumns, rows);
      emulated.resize(newColumns, rows);
    },
    async ended() {
      const code = await exit;
      // The last output is parsed a little later.
      await new Promise<void>((resolve) => emulated.write('', resolve));
      return code;
    },
    kill: () => pty.kill(),
  };
}
