import {
  createRedactor,
  type Transport,
  type TransportReply,
  type TransportRequest,
} from '@modelslab-reload/core';
import type { Io } from '../io.ts';

/** A request and its reply, without the key. */
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
 * Wraps a transport so that `write` receives every exchange (`RecordedExchange`), without the key, when it ends, or
 * when the process ends: an interrupted run keeps its record. The exchange itself never changes, even if `write` throws.
 */
export function recordExchanges(
  { onExit }: Pick<Io, 'onExit'>,
  transport: Transport,
  apiKey: string,
  write: (exchange: unknown) => void,
  now: () => number = () => performance.now(),
): Transport {
  const redact = createRedactor(apiKey);
  return async (request, signal) => {
    const at = new Date().toISOString();
    const start = now();
    const end = (reply: TransportReply | null, error: string | null) => {
      cancelExitTask();
      const elapsedMs = Math.round(now() - start);
      try {
        const exchange: RecordedExchange = { at, elapsedMs, request, reply, error };
        write(redactDeep(exchange, redact));
      } catch {
        // A reload that the API accepted would otherwise be sent again because of its record.
      }
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

/** Redacts every text of a value, names included: a server can put the key into the name of a header. */
function redactDeep(value: unknown, redact: (text: string) => string): unknown {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map((item) => redactDeep(item, redact));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [redact(name), redactDeep(item, redact)]),
  );
}
