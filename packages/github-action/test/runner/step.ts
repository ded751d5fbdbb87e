import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseCommand } from './commands.ts';
import { createMask } from './mask.ts';
import { createInputVariables, readMetadata } from './metadata.ts';
import { parseOutputFile } from './output-file.ts';

export interface StepOptions {
  /** Values under `with:`. */
  inputs: Record<string, string>;
  /** Variables of the job. */
  env?: Record<string, string>;
  /** Enables debug logging. */
  debug?: boolean;
  /** False for an old enterprise server, which has no summaries. */
  hasSummary?: boolean;
  /** Cancels the job at the first line that matches. */
  cancelAt?: RegExp;
  /** First signal of a cancellation. Default SIGINT. */
  cancelBy?: 'SIGINT' | 'SIGTERM';
  /** Default: this package. */
  actionFolder?: string;
}

export interface Annotation {
  level: 'error' | 'warning' | 'notice';
  title: string | undefined;
  message: string;
}

export interface StepResult {
  conclusion: 'success' | 'failure';
  exitCode: number | null;
  /** The log on the page of the run, masked. */
  log: string;
  /** The output of the process. */
  raw: string;
  annotations: Annotation[];
  outputs: Record<string, string>;
  /** Names of outputs that were dropped because they contain masked text. */
  dropped: string[];
  summary: string;
  /** Milliseconds from the cancellation to the end of the process; null if it was not cancelled. */
  cancelledMs: number | null;
}

const thisPackage = fileURLToPath(new URL('../..', import.meta.url));

/** Runs the action as one step of a job, the way GitHub's runner does. */
export async function runStep(options: StepOptions): Promise<StepResult> {
  const { actionFolder = thisPackage, hasSummary = true, cancelAt } = options;
  const metadata = readMetadata(actionFolder);
  const folder = mkdtempSync(join(tmpdir(), 'modelslab-reload-step-'));
  const outputFile = join(folder, 'output');
  const summaryFile = join(folder, 'summary');
  writeFileSync(outputFile, '');
  writeFileSync(summaryFile, '');

  const child = spawn(process.env['NODE_24'] ?? '', [join(actionFolder, metadata.runs.main)], {
    cwd: folder,
    detached: process.platform !== 'win32',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...listInheritedVariables(),
      CI: 'true',
      GITHUB_ACTIONS: 'true',
      GITHUB_OUTPUT: outputFile,
      ...(hasSummary ? { GITHUB_STEP_SUMMARY: summaryFile } : {}),
      ...(options.debug ? { RUNNER_DEBUG: '1' } : {}),
      ...options.env,
      ...createInputVariables(metadata, options.inputs),
    },
  });

  const mask = createMask();
  const annotations: Annotation[] = [];
  const log: string[] = [];
  const raw: string[] = [];
  let cancelledAt: number | null = null;
  let stoppedUntil: string | null = null;

  const onLine = (line: string) => {
    raw.push(line);
    const command = stoppedUntil === null ? parseCommand(line) : null;
    if (line === `::${stoppedUntil}::`) stoppedUntil = null;
    else if (command?.name === 'stop-commands') stoppedUntil = command.data;
    else if (command?.name === 'add-mask') mask.add(command.data);
    else if (command?.name === 'debug' && !options.debug) return;
    else log.push(mask.apply(command ? `[${command.name}] ${command.data}` : line));
    if (command?.name === 'error' || command?.name === 'warning' || command?.name === 'notice') {
      const message = mask.apply(command.data);
      annotations.push({ level: command.name, title: command.properties['title'], message });
    }
    if (cancelAt?.test(line) && cancelledAt === null) {
      cancelledAt = performance.now();
      cancel(child, options.cancelBy);
    }
  };
  createInterface({ input: child.stdout }).on('line', onLine);
  createInterface({ input: child.stderr }).on('line', onLine);

  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  const cancelledMs = cancelledAt === null ? null : performance.now() - cancelledAt;
  const all = Object.entries(parseOutputFile(readFileSync(outputFile, 'utf8')));
  const summary = readFileSync(summaryFile, 'utf8');
  rmSync(folder, { recursive: true });
  return {
    conclusion: exitCode === 0 ? 'success' : 'failure',
    exitCode,
    log: log.join('\n'),
    raw: raw.join('\n'),
    annotations,
    outputs: Object.fromEntries(all.filter(([, value]) => !mask.isIn(value))),
    dropped: all.flatMap(([name, value]) => (mask.isIn(value) ? [name] : [])),
    summary: Buffer.byteLength(summary) > 1024 * 1024 ? '' : mask.apply(summary),
    cancelledMs,
  };
}

/** Sends SIGINT, SIGTERM 7.5 s later, and 2.5 s later kills the whole process tree. */
function cancel(child: ChildProcess, first: NodeJS.Signals = 'SIGINT'): void {
  const timers = [
    setTimeout(() => child.kill('SIGTERM'), 7500),
    setTimeout(() => killTree(child), 10_000),
  ];
  child.on('exit', () => {
    for (const timer of timers) clearTimeout(timer);
  });
  child.kill(first);
}

function killTree(child: ChildProcess): void {
  if (process.platform === 'win32' || child.pid === undefined) child.kill('SIGKILL');
  else process.kill(-child.pid, 'SIGKILL');
}

function listInheritedVariables(): Record<string, string> {
  // Windows cannot start a process without the last three.
  const names = ['PATH', 'SYSTEMROOT', 'TEMP', 'PATHEXT'];
  return Object.fromEntries(names.map((name) => [name, process.env[name] ?? '']));
}
