import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** The built command line, as published. */
export const bin = fileURLToPath(new URL('../dist/bin.js', import.meta.url));

const MAX_RUN_MS = 120_000;

export interface Ran {
  /** Null if a signal ended it. */
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  /** Variables in addition to those of every run; undefined removes one. */
  env?: Record<string, string | undefined>;
  /** Standard input; empty by default. */
  input?: string | Uint8Array;
  cwd?: string;
}

/** Returns an environment that is independent of the one the tests run in. */
export function environment(more: Record<string, string | undefined> = {}): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = {
    PATH: process.env.PATH,
    // Windows needs it for sockets and for the console.
    SystemRoot: process.env.SystemRoot,
    // The marks of a modern terminal on Windows too.
    WT_SESSION: '1',
    NO_PROXY: '127.0.0.1,localhost,::1',
    MODELSLAB_API_KEY: 'demo-key',
    ...more,
  };
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined));
}

export function startCli(args: string[], options: RunOptions = {}): ChildProcessWithoutNullStreams {
  const child = spawn(process.execPath, [bin, ...args], {
    env: environment(options.env),
    cwd: options.cwd,
    // A process that a failed test leaves behind must not keep running.
    timeout: MAX_RUN_MS,
    killSignal: 'SIGKILL',
  });
  // A process may close its standard input without reading it.
  child.stdin.on('error', () => {});
  child.stdin.end(options.input ?? '');
  return child;
}

/** Runs the command line to its end. */
export function cli(args: string[], options: RunOptions = {}): Promise<Ran> {
  return finished(startCli(args, options));
}

export async function finished(child: ChildProcessWithoutNullStreams): Promise<Ran> {
  const ran: Ran = { code: null, signal: null, stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (ran.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (ran.stderr += text));
  await once(child, 'close');
  ran.code = child.exitCode;
  ran.signal = child.signalCode;
  return ran;
}
