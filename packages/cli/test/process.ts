import { EventEmitter } from 'node:events';
import { Readable, Writable } from 'node:stream';
import { vi } from 'vitest';
import { createIo, type Io } from '../src/io.ts';
import { main } from '../src/main.ts';
import { environment, type Ran, type RunOptions } from './cli.ts';

/** A stream that collects what is written to it. */
export class TestStream extends Writable {
  text = '';
  isTTY = false;
  columns = 0;
  /** Receives each text that is written. */
  onText: (text: string) => void = () => {};

  override _write(chunk: Uint8Array, _encoding: string, done: () => void): void {
    this.text += String(chunk);
    this.onText(String(chunk));
    done();
  }
}

export interface TestProcessOptions extends Omit<RunOptions, 'cwd'> {
  platform?: NodeJS.Platform;
}

/** A process that only collects its output and its end. A test sends it signals with `emit`. */
export class TestProcess extends EventEmitter {
  readonly stdin: NodeJS.Process['stdin'];
  readonly stdout = new TestStream();
  readonly stderr = new TestStream();
  readonly env: NodeJS.ProcessEnv;
  readonly platform: NodeJS.Platform;
  readonly pid = process.pid;
  readonly kill = vi.fn<(pid: number, signal: NodeJS.Signals) => void>();
  readonly exit = vi.fn<(code: number) => void>();
  /** The input and output of a run in this process. */
  readonly io: Io;

  constructor({ env, input = '', platform = 'linux' }: TestProcessOptions = {}) {
    super();
    this.env = environment(env);
    this.platform = platform;
    // Not copied, because it may be large.
    const chunk = typeof input === 'string' ? Buffer.from(input) : input;
    this.stdin = Readable.from([chunk]) as NodeJS.Process['stdin'];
    this.io = createIo(this.asProcess());
  }

  /** Runs the command line to its end. */
  async run(args: string[]): Promise<Ran> {
    await main(args, this.asProcess());
    const signal = this.kill.mock.lastCall?.[1] ?? null;
    const code = signal === null ? (this.exit.mock.lastCall?.[0] ?? null) : null;
    return { code, signal, stdout: this.stdout.text, stderr: this.stderr.text };
  }

  asProcess(): NodeJS.Process {
    return this as unknown as NodeJS.Process;
  }
}

/** Runs the command line to its end, like `cli`, but within the process of the tests. */
export function run(args: string[], options: TestProcessOptions = {}): Promise<Ran> {
  return new TestProcess(options).run(args);
}
