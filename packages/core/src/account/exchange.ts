import type { Context } from '../context.ts';
import { formatDuration } from '../duration.ts';
import { createFailure, type Failure } from '../errors.ts';
import type { Deadlines } from '../polling/deadlines.ts';
import { OVER, type Time } from '../polling/time.ts';
import { parseReply, type ParsedReply } from '../protocol/parse-reply.ts';
import { parseTransportError } from '../transport/errors.ts';
import type { Transport, TransportReply, TransportRequest } from '../transport/types.ts';

/** The result of one request: a complete reply, what the transport threw, or a timeout. */
export type ExchangeResult = { reply: TransportReply } | { thrown: unknown } | 'timed out';

/**
 * Sends one request.
 *
 * @param onEnd called once, unless the request is aborted before
 * @returns a function that aborts it immediately, even if the transport ignores its signal
 */
export function sendRequest(
  host: { transport: Transport; time: Time; deadlines: Deadlines; requestTimeoutMs: number },
  createRequest: () => TransportRequest,
  onEnd: (result: ExchangeResult) => void,
): () => void {
  const { transport, time, deadlines, requestTimeoutMs } = host;
  const over = new AbortController();
  let isOver = false;
  const timeOut = () => end('timed out');
  const end = (result: ExchangeResult | null) => {
    if (isOver) return;
    isOver = true;
    deadlines.delete(timeOut);
    if (result === null || result === 'timed out') over.abort(OVER);
    if (result !== null) onEnd(result);
  };
  deadlines.set(timeOut, time.now() + requestTimeoutMs);
  const send = async () => transport(createRequest(), over.signal);
  send().then(
    (reply) => end({ reply }),
    (thrown: unknown) => end({ thrown }),
  );
  return () => end(null);
}

/** Parses the reply, or returns the failure if there is none. */
export function parseResult(
  result: ExchangeResult,
  { redact, requestTimeoutMs }: Pick<Context, 'redact' | 'requestTimeoutMs'>,
  nowMs: number,
): ParsedReply {
  if (result === 'timed out') {
    const message = `No complete reply within ${formatDuration(requestTimeoutMs)}`;
    return withoutReply(createFailure('request_timeout', message, { retryable: true }));
  }
  if ('thrown' in result) return withoutReply(parseTransportError(result.thrown, redact));
  try {
    return parseReply(result.reply, redact, nowMs);
  } catch {
    // A custom transport may return anything. An invalid value must end only one model, not the process.
    return withoutReply(
      createFailure('unexpected_response', 'The transport returned no valid reply'),
    );
  }
}

function withoutReply(failure: Failure): ParsedReply {
  return {
    status: 'error',
    httpStatus: null,
    isApiReply: false,
    apiStatus: null,
    apiMessage: null,
    body: {},
    failure,
  };
}
