import { constants } from 'node:os';
import { spawn } from '@lydell/node-pty';
import { isFull } from '../../core/test/effort.ts';
import { bin, environment } from './cli.ts';
import { TestProcess, type TestStream } from './process.ts';
import { createScreen, type Screen } from './screen.ts';

/** The command line in a terminal. */
export interface Terminal extends Pick<Screen, 'emulated' | 'raw' | 'until' | 'untilDrawn'> {
  screen: Screen['lines'];
  type(text: string): void;
  resize(columns: number): void;
  /** Waits for the end and returns the exit code, which is 130 after SIGINT as in a shell. */
  ended(): Promise<number>;
  kill(): void;
}

type Open = (
  args: string[],
  env?: Record<string, string | undefined>,
  size?: { columns?: number; rows?: number },
) => Terminal;

const TERM = { TERM: 'xterm-256color' };

/** Opens the command line in a pseudo-terminal. */
export const openPty: Open = (args, env = {}, { columns = 100, rows = 24 } = {}) => {
  const screen = createScreen(columns, rows);
  const pty = spawn(process.execPath, [bin, ...args], {
    cols: columns,
    rows,
    env: environment({ ...TERM, ...env }),
  });
  pty.onData((text) => screen.write(text));
  const exit = new Promise<number>((resolve) => {
    pty.onExit(({ exitCode, signal = 0 }) => resolve(signal === 0 ? exitCode : 128 + signal));
  });
  return {
    ...screen,
    screen: screen.lines,
    type: (text) => pty.write(text),
    resize(newColumns) {
      pty.resize(newColumns, rows);
      screen.resize(newColumns);
    },
    async ended() {
      const code = await exit;
      await screen.settle();
      return code;
    },
    kill: () => pty.kill(),
  };
};

/** Opens the command line in this process, with what a terminal does to its streams. */
const openHere: Open = (args, env = {}, { columns = 100, rows = 24 } = {}) => {
  const screen = createScreen(columns, rows);
  const testProcess = new TestProcess({ env: { ...TERM, ...env } });
  const streams = [testProcess.stdout, testProcess.stderr];
  for (const stream of streams) connect(stream, screen, columns);
  testProcess.stdin.isTTY = true;
  const run = testProcess.run(args);
  return {
    ...screen,
    screen: screen.lines,
    type(text) {
      if (text !== '\u0003') return;
      screen.write('^C');
      testProcess.emit('SIGINT', 'SIGINT');
    },
    resize(newColumns) {
      screen.resize(newColumns);
      for (const stream of streams) stream.columns = newColumns;
      for (const stream of streams) stream.emit('resize');
    },
    async ended() {
      const { code, signal } = await run;
      await screen.settle();
      return signal === null ? (code ?? 0) : 128 + constants.signals[signal];
    },
    kill: () => void testProcess.emit('SIGTERM', 'SIGTERM'),
  };
};

function connect(stream: TestStream, screen: Screen, columns: number): void {
  stream.isTTY = true;
  stream.columns = columns;
  stream.onText = (text) => screen.write(text.replaceAll('\n', '\r\n'));
}

/** Opens a terminal: in CI with a process, elsewhere without one, which takes a tenth of the time. */
export const openTerminal = isFull ? openPty : openHere;
