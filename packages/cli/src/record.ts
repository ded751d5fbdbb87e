import { openSync, writeSync } from 'node:fs';
import {
  createRedactor,
  type Transport,
  type TransportReply,
  type TransportRequest,
} from '@modelslab-reload/core';
import { CommandError } from './command-error.ts';
import { reasonOf } from './input.ts';

/** One line of a record. */
export interface RecordedExchange {
  at: string;
  elapsedMs: number;
  request: TransportRequest;
  /** null where no whole reply came. */
  reply: TransportReply | null;
  /** Why no whole reply came; null where one did. */
  error: string | null;
}

/**
 * Wraps a transport so that every exchange is written to a file as NDJSON, without the key. Each line
 * is written as its exchange ends, those that are open when the process ends included: a run that is
 * cut short keeps its record.
 */
export function recordTo(path: string, transport: Transport, apiKey: string): Transport {
  const redact = createRedactor(apiKey);
  const write = lineWriter(path);
  const open = new Set<(error: string) => void>();
  process.once('exit', () => {
    for (const end of open) end('The run ended before the reply came.');
  });

  return async (request, signal) => {
    const start = performance.timeOrigin + performance.now();
    const end = (reply: TransportReply | null, error: string | null) => {
      if (!open.delete(cut)) return;
      const exchange: RecordedExchange = {
        at: new Date(start).toISOString(),
        elapsedMs: Math.round(performance.timeOrigin + performance.now() - start),
        request,
        reply,
        error,
      };
      write(
        JSON.stringify(exchange, (_name, value: unknown) =>
          typeof value === 'string' ? redact(value) : value,
        ),
      );
    };
    const cut = (error: string) => end(null, error);
    open.add(cut);
    try {
      const reply = await transport(request, signal);
      end(reply, null);
      return reply;
    } catch (error) {
      cut(signal.aborted ? 'The request was ended before the reply came.' : String(error));
      throw error;
    }
  };
}

/** Opens the file, which replaces one that is there, and gives what writes a line to it at once. */
function lineWriter(path: string): (line: string) => void {
  let file: number | null;
  try {
    file = openSync(path, 'w');
  } catch (error) {
    throw new CommandError(
      `${path} cannot be written: ${reasonOf(error)}.`,
      'Name a file in a folder that can be written with --record.',
    );
  }
  return (line) => {
    if (file === null) return;
    try {
      writeSync(file, `${line}\n`);
    } catch (error) {
      // The run is worth more than its record.
      file = null;
      process.stderr.write(`modelslab-reload: The record ends here: ${reasonOf(error)}.\n`);
    }
  };
}
