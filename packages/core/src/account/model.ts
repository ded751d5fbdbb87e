import type { Context } from '../context.ts';
import type { Failure } from '../errors.ts';
import type { Outcome } from '../outcome.ts';
import type { Caller } from '../polling/caller.ts';
import { RetryPolicy } from '../polling/retry-policy.ts';
import type { Time } from '../polling/time.ts';
import type { ParsedReply } from '../protocol/parse-reply.ts';
import { createRequest } from '../protocol/requests.ts';
import { readEta } from '../protocol/retry-after.ts';
import type { TransportRequest } from '../transport/types.ts';
import { endsAllCalls, isQueueFull, Target } from './target.ts';

/** An acceptance that is older than this expires if the model has no callers. */
const MAX_ACCEPTANCE_AGE_MS = 900_000;

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

/** The state of one model. Its callers share one wait, that is, one series of requests. */
export class Model extends Target {
  override readonly isModel = true;
  /** The state of the shared wait. */
  wait = initialWait();
  /** When the API returned success, in monotonic milliseconds; null if it has not. */
  succeededAt: number | null = null;
  readonly #context: Context;
  readonly #time: Time;
  readonly #modelId: string;
  readonly #policy: RetryPolicy;
  #hasEnded = false;
  #acceptedUntil = -Infinity;
  #processingAt = -Infinity;
  #finalFailure: Failure | null = null;

  constructor(context: Context, time: Time, modelId: string) {
    super();
    this.#context = context;
    this.#time = time;
    this.#modelId = modelId;
    this.#policy = new RetryPolicy(context);
  }

  /** Returns whether the API has accepted the model, and no further request is due. */
  isAcceptanceFresh(): boolean {
    return this.#time.now() < this.#acceptedUntil;
  }

  /** Returns the final failure that new callers still get; null if there is none. */
  rememberedFailure(): Failure | null {
    return this.#time.now() < this.nextAt ? this.#finalFailure : null;
  }

  isBeginning(): boolean {
    return this.wait.status !== 'processing';
  }

  request(): TransportRequest {
    if (this.#hasEnded) this.#beginWait();
    return createRequest(this.#context, { call: 'reload', fields: { model_id: this.#modelId } });
  }

  receive(parsed: ParsedReply, now: number): Failure | null {
    const { wait } = this;
    if (parsed.isApiReply) {
      wait.message = parsed.apiMessage;
      wait.firstStatus ??= parsed.apiStatus;
      wait.lastStatus = parsed.apiStatus ?? wait.lastStatus;
      wait.repliedAt = new Date(this.#time.wallMs()).toISOString();
    }
    if (parsed.failure) return this.#applyFailure(parsed.failure, now);
    if (parsed.status === 'processing') {
      wait.status = 'processing';
      // An estimate later than every caller's deadline would only end the polling.
      const etaMs = readEta(parsed.body);
      const isInTime = longestLeftMs(this.callers, now) > (etaMs ?? 0);
      this.waitUntil(now + this.#policy.afterProcessing(isInTime ? etaMs : null), null, now);
      this.#acceptedUntil = this.nextAt;
      this.#processingAt = now;
      return null;
    }
    wait.evidence = wait.status === 'processing' ? 'change' : 'reply';
    wait.status = 'success';
    this.#hasEnded = true;
    this.succeededAt = now;
    this.waitUntil(now + this.#policy.intervalMs, null, now);
    return null;
  }

  expire(now: number): void {
    if (this.#hasEnded) return;
    const isStale = now - this.#processingAt > MAX_ACCEPTANCE_AGE_MS;
    if (this.isBeginning() || isStale) this.#beginWait();
  }

  #beginWait(): void {
    this.wait = initialWait();
    this.#hasEnded = false;
    this.succeededAt = null;
    this.#acceptedUntil = -Infinity;
    this.#finalFailure = null;
    this.#policy.reset();
  }

  #applyFailure(failed: Failure, now: number): Failure {
    const isAccepted = !this.isBeginning();
    const isRetryable = failed.retryable || (isAccepted && failed.retryableAfterAcceptance);
    const failure = { ...failed, retryable: isRetryable };
    // The line or the client's pause delays the next request.
    if (isQueueFull(failure)) return failure;
    if (!isRetryable) {
      this.wait.status = 'error';
      this.#hasEnded = true;
      this.#finalFailure = endsAllCalls(failure) ? null : failure;
    }
    const waitMs = isRetryable ? this.#policy.afterFailure(failure) : this.#policy.intervalMs;
    this.waitUntil(now + waitMs, failure, now);
    return failure;
  }
}

/** Returns the longest time that any caller has left, in milliseconds. */
function longestLeftMs(callers: Iterable<Caller>, now: number): number {
  let longest = 0;
  for (const caller of callers) longest = Math.max(longest, caller.timeLeftMs(now));
  return longest;
}
