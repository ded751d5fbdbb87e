import { openSync, realpathSync, writeSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  createRedactor,
  toLine,
  type Transport,
  type TransportReply,
  type TransportRequest,
} from '@modelslab-reload/core';
import { CommandError } from './errors.ts';
import { reasonOf } from './input/read-input.ts';
import { onExit } from './signals.ts';

/** One line of a record. */
export interface RecordedExchange {
  at: string;
  elapsedMs: number;
  request: TransportRequest;
  /** null without a complete reply. */
  reply: TransportReply | null;
  /** Why the reply is missing or incomplete; null for a complete one. */
  error: string | null;
}

/**
 * Wraps a transport so that every exchange is written to a file as NDJSON, without the key. Each line
 * is written when its exchange ends, or when the process ends: an interrupted run keeps its record.
 *
 * @param inputFiles files that are read, which must not be overwritten
 * @throws {CommandError} if the file cannot be written
 */
export function recordTo(
  path: string,
  transport: Transport,
  apiKey: string,
  inputFiles: readonly string[],
): Transport {
  checkPath(path, inputFiles);
  const redact = createRedactor(apiKey);
  const write = openLineWriter(path);

  return async (request, signal) => {
    const at = new Date().toISOString();
    const start = performance.now();
    const end = (reply: TransportReply | null, error: string | null) => {
      cancelExitTask();
      const elapsedMs = Math.round(performance.now() - start);
      const exchange: RecordedExchange = { at, elapsedMs, request, reply, error };
      write(JSON.stringify(redactDeep(exchange, redact)));
    };
    const cancelExitTask = onExit(() => end(null, 'The run ended before the reply.'));
    try {
      const reply = await transport(request, signal);
      end(reply, null);
      return reply;
    } catch (error) {
      end(null, signal.aborted ? 'The request was aborted before the reply.' : String(error));
      throw error;
    }
  };
}

function checkPath(path: string, inputFiles: readonly string[]): void {
  if (path === '-') {
    throw new CommandError(
      '--record needs a file: stdout is for the results.',
      'Use a file, such as --record record.ndjson.',
    );
  }
  const sameFile = inputFiles.find((file) => file !== '-' && toRealPath(file) === toRealPath(path));
  if (sameFile !== undefined) {
    throw new CommandError(
      `--record would overwrite ${sameFile}, which is read.`,
      'Use another file.',
    );
  }
}

function toRealPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}

/** Redacts every text of a value, names included: a server can put the key into the name of a header. */
function redactDeep(value: unknown, redact: (text: string) => string): unknown {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map((item) => redactDeep(item, redact));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [redact(name), redactDeep(item, redact)]),
  );
}

/** Opens the file, replacing an existing one; returns a function that writes one line immediately. */
function openLineWriter(path: string): (line: string) => void {
  let file: number | null;
  try {
    file = openSync(path, 'w');
  } catch (error) {
    throw new CommandError(
      `${path} cannot be written: ${reasonOf(error)}.`,
      'Use a file in a writable folder.',
    );
  }
  return (line) => {
    if (file === null) return;
    try {
      writeSync(file, `${line}\n`);
    } catch (error) {
      // The run is more important than its record.
      file = null;
      process.stderr.write(`modelslab-reload: The record ends here: ${toLine(reasonOf(error))}.\n`);
    }
  };
}
