import { formatDuration } from '../duration.ts';
import { createFailure, type Failure } from '../errors.ts';
import type { Exchange } from './loop.ts';
import { parseReply, type ParsedReply } from '../protocol/parse-reply.ts';
import type { Retry } from './retry-policy.ts';
import type { Run } from './run.ts';
import type { Settings } from '../settings.ts';
import { parseTransportError } from '../transport/errors.ts';

/** Reads what one exchange came to: a reply, or the failure on the way. */
export function readExchange(settings: Settings, exchange: Exchange): ParsedReply {
  if (exchange === 'timed out') {
    const time = formatDuration(settings.requestTimeoutMs);
    return unanswered(
      createFailure('request_timeout', `No whole reply within ${time}`, { retryable: true }),
    );
  }
  if ('thrown' in exchange)
    return unanswered(parseTransportError(exchange.thrown, settings.redact));
  return parseReply(exchange.reply, settings.redact, settings.clock.now());
}

function unanswered(failed: Failure): ParsedReply {
  return {
    status: 'error',
    httpStatus: null,
    isApiReply: false,
    apiStatus: null,
    apiMessage: null,
    body: {},
    failure: failed,
  };
}

/**
 * Milliseconds until a retryable failure is asked again; null where it ends the asking. Lays the pause
 * of a full queue, and the end that a bad key or an empty account means, on the whole run.
 */
export function waitAfterFailure(failed: Failure, retry: Retry, run: Run): number | null {
  if (failed.code === 'unauthorized' || failed.code === 'payment_required') run.stop(failed);
  if (!failed.retryable) return null;
  const waitMs = retry.afterFailure(failed);
  if (waitMs === null || failed.code !== 'rate_limited') return waitMs;
  if (waitMs > run.remainingMs()) {
    if (failed.scope === 'account') run.stop(failed);
    return null;
  }
  if (failed.scope === 'account') run.pause(waitMs);
  return waitMs;
}

/**
 * The failure that a run which ended early gives what it was asking for.
 *
 * @param heard what was last heard, as the end of a sentence
 * @param lastFailure what went wrong last, where the API has not taken the call
 */
export function failureOfEnding(run: Run, heard: string, lastFailure: Failure | null): Failure {
  const ending = run.ending();
  const time = formatDuration(run.timeoutMs);
  if (ending === 'aborted') return createFailure('aborted', `Stopped early; ${heard}`);
  if (ending !== null && ending !== 'deadline') {
    return { ...ending, message: `Stopped, since another model got: ${ending.message}` };
  }
  return lastFailure
    ? { ...lastFailure, message: `${lastFailure.message}, and the deadline of ${time} passed` }
    : createFailure('wait_timeout', `The deadline of ${time} passed; ${heard}`);
}
