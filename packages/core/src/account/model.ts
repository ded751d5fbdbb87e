import type { Context } from '../context.ts';
import type { Failure } from '../errors.ts';
import type { Outcome } from '../outcome.ts';
import { timeLeftMs } from '../polling/caller.ts';
import { createRetryPolicy } from '../polling/retry-policy.ts';
import type { Time } from '../polling/time.ts';
import { createRequest } from '../protocol/requests.ts';
import { readEta } from '../protocol/retry-after.ts';
import { createTarget, type Target } from './target.ts';

/** An acceptance that is older than this, with nobody waiting, is no longer believed. */
const MAX_ACCEPTANCE_AGE_MS = 900_000;

/** What the client knows of one model. Its callers share one wait: one series of requests. */
export interface Model {
  readonly target: Target;
  /** What the shared wait has come to. */
  readonly wait: Readonly<SharedWait>;
  /** When the success came, in monotonic milliseconds; null without one. */
  readonly succeededAt: number | null;
  /** Returns whether the API has accepted the model, and no further request is due. */
  isAcceptanceFresh(): boolean;
  /** Returns the final failure that still answers new callers; null without one. */
  rememberedFailure(): Failure | null;
}

/** The part of an Outcome that describes the wait rather than the call. */
export type SharedWait = Pick<
  Outcome,
  'status' | 'evidence' | 'message' | 'firstStatus' | 'lastStatus' | 'repliedAt'
>;

const initialWait = (): SharedWait => ({
  status: 'error',
  evidence: null,
  message: null,
  firstStatus: null,
  lastStatus: null,
  repliedAt: null,
});

export function createModel(context: Context, time: Time, modelId: string): Model {
  const policy = createRetryPolicy(context);
  let wait = initialWait();
  let hasEnded = false;
  let succeededAt: number | null = null;
  let acceptedUntil = -Infinity;
  let processingAt = -Infinity;
  let finalFailure: Failure | null = null;

  const beginWait = () => {
    wait = initialWait();
    hasEnded = false;
    succeededAt = null;
    acceptedUntil = -Infinity;
    finalFailure = null;
    policy.reset();
  };

  const target = createTarget({
    isModel: true,
    isBeginning: () => wait.status !== 'processing',

    request() {
      if (hasEnded) beginWait();
      return createRequest(context, { call: 'reload', fields: { model_id: modelId } });
    },

    receive(parsed, now) {
      const { failure } = parsed;
      if (parsed.isApiReply) {
        wait.message = parsed.apiMessage;
        wait.firstStatus ??= parsed.apiStatus;
        wait.lastStatus = parsed.apiStatus ?? wait.lastStatus;
        wait.repliedAt = new Date(time.wallMs()).toISOString();
      }
      if (failure) return applyFailure(failure, now);
      if (parsed.status === 'processing') {
        wait.status = 'processing';
        // An estimate beyond everybody's deadline would only end the polling.
        const etaMs = readEta(parsed.body);
        const isInTime = etaMs !== null && longestLeftMs(target, now) > etaMs;
        target.nextAt = now + policy.afterProcessing(isInTime ? etaMs : null);
        acceptedUntil = target.nextAt;
        processingAt = now;
        return null;
      }
      wait.evidence = wait.status === 'processing' ? 'change' : 'reply';
      wait.status = 'success';
      hasEnded = true;
      succeededAt = now;
      target.nextAt = now + policy.intervalMs;
      return null;
    },

    expire(now) {
      const isStale = now - processingAt > MAX_ACCEPTANCE_AGE_MS;
      if (!hasEnded && (wait.status !== 'processing' || isStale)) beginWait();
    },
  });

  const applyFailure = (failed: Failure, now: number): Failure => {
    const isAccepted = wait.status === 'processing';
    const isRetryable = failed.retryable || (isAccepted && failed.retryableAfterAcceptance);
    const failure = { ...failed, retryable: isRetryable };
    // The line, or the pause of the client, holds the next request.
    if (failure.code === 'rate_limited' && failure.scope === 'account') return failure;
    if (!isRetryable) {
      wait.status = 'error';
      hasEnded = true;
      // An account that was paid for, or a key that was renewed, is tried again.
      const isRemembered = failure.code !== 'unauthorized' && failure.code !== 'payment_required';
      finalFailure = isRemembered ? failure : null;
    }
    const waitMs = isRetryable ? policy.afterFailure(failure) : policy.intervalMs;
    target.nextAt = now + waitMs;
    const isRequested = failure.code === 'rate_limited' || failure.retryAfterMs !== null;
    target.pause = isRetryable && isRequested ? { failure, since: now } : null;
    return failure;
  };

  return {
    target,
    get wait() {
      return wait;
    },
    get succeededAt() {
      return succeededAt;
    },
    isAcceptanceFresh: () => wait.status === 'processing' && time.now() < acceptedUntil,
    rememberedFailure: () => (time.now() < target.nextAt ? finalFailure : null),
  };
}

/** Returns the time that the most patient caller still has, in milliseconds. */
function longestLeftMs({ callers }: Target, now: number): number {
  let longest = 0;
  for (const caller of callers) longest = Math.max(longest, timeLeftMs(caller, now));
  return longest;
}
