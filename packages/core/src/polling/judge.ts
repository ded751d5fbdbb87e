import { formatDuration } from '../duration.ts';
import { failure, type Failure } from '../failure.ts';
import type { Exchange } from './loop.ts';
import { readReply, type Reading } from '../protocol/parse-reply.ts';
import type { Retry } from './retry-policy.ts';
import type { Run } from './run.ts';
import type { Settings } from '../settings.ts';
import { readTransportError } from '../transport/errors.ts';

/** Reads what one exchange came to: a reply, or the failure on the way. */
export function readExchange(settings: Settings, exchange: Exchange): Reading {
  if (exchange === 'timed out') {
    const time = formatDuration(settings.requestTimeoutMs);
    return unanswered(
      failure('request_timeout', `No whole reply within ${time}`, { passing: true }),
    );
  }
  if ('thrown' in exchange) return unanswered(readTransportError(exchange.thrown, settings.redact));
  return readReply(exchange.reply, settings.redact, settings.clock.now());
}

function unanswered(failed: Failure): Reading {
  return { status: 'error', httpStatus: null, said: null, body: {}, failure: failed };
}

/**
 * Milliseconds until a passing failure is asked again; null where it ends the asking. Lays the pause
 * of a full queue, and the end that a bad key or an empty account means, on the whole run.
 */
export function waitAfterFailure(failed: Failure, retry: Retry, run: Run): number | null {
  if (failed.code === 'unauthorized' || failed.code === 'payment_required') run.stop(failed);
  if (!failed.passing) return null;
  const waitMs = retry.afterFailure(failed);
  if (waitMs === null || failed.code !== 'rate_limited') return waitMs;
  if (waitMs > run.remainingMs()) {
    if (!failed.sameRequest) run.stop(failed);
    return null;
  }
  if (!failed.sameRequest) run.pause(waitMs);
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
  if (ending === 'aborted') return failure('aborted', `Stopped early; ${heard}`);
  if (ending !== null && ending !== 'deadline') {
    return { ...ending, message: `Stopped, since another model got: ${ending.message}` };
  }
  return lastFailure
    ? { ...lastFailure, message: `${lastFailure.message}, and the deadline of ${time} passed` }
    : failure('wait_timeout', `The deadline of ${time} passed; ${heard}`);
}
