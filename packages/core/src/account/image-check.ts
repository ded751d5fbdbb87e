import type { Context } from '../context.ts';
import { createFailure, type Failure } from '../errors.ts';
import type { ErrorCode } from '../outcome.ts';
import { RetryPolicy } from '../polling/retry-policy.ts';
import type { Time } from '../polling/time.ts';
import { isAccepted, type ParsedReply } from '../protocol/parse-reply.ts';
import { UNAVAILABLE } from '../protocol/phrases.ts';
import { readText, toMatchable } from '../protocol/reply-text.ts';
import { createRequest } from '../protocol/requests.ts';
import { readEta } from '../protocol/retry-after.ts';
import { toSafeUrl } from '../redaction/redact.ts';
import type { TransportRequest } from '../transport/types.ts';
import { endsAllCalls, isQueueFull, Target } from './target.ts';

/** Images are billed, so one wait never requests more than this for one model and prompt. */
const MAX_IMAGE_REQUESTS = 3;

/** Longer than a load: an image that is not ready by then was requested while the model was unavailable. */
const LOST_AFTER_MS = 180_000;

/** Milliseconds until the first fetch, if the reply has no `eta`. */
const FIRST_FETCH_MS = 5000;

/** Codes for which the message decides; the others are unambiguous, regardless of the message. */
const MAY_BE_UNAVAILABLE = new Set<ErrorCode>(['api_error', 'invalid_request', 'server_error']);

/** The size of the vendor's first example, and half the documented maximum of steps. */
const SMALLEST = { width: 512, height: 512, samples: 1, num_inference_steps: 10 };

/**
 * Requests one small test image of a model, which is billed: the only proof that the model responds. The
 * image is requested, then fetched until it is ready. If the model is unavailable, the image request is
 * retried on the schedule of a load. A requested image outlives its caller.
 */
export class ImageCheck extends Target {
  /** The image; null until it is ready. */
  image: { url: string; at: number; repliedAt: string } | null = null;
  /** The last reply of the API about the image; null before the first one. */
  last: { message: string | null; status: string | null; repliedAt: string } | null = null;
  readonly #context: Context;
  readonly #time: Time;
  readonly #subject: { modelId: string; prompt: string };
  readonly #loading: RetryPolicy;
  readonly #retry: RetryPolicy;
  #imageRequests = 0;
  #isImageRequest = false;
  /** The image that the API accepted and has yet to generate. */
  #pending: { id: string; at: number } | null = null;
  #finalFailure: Failure | null = null;

  constructor(context: Context, time: Time, subject: { modelId: string; prompt: string }) {
    super();
    this.#context = context;
    this.#time = time;
    this.#subject = subject;
    this.#loading = new RetryPolicy(context);
    this.#retry = new RetryPolicy(context);
  }

  /** Returns the final failure that new callers still get; null if there is none. */
  rememberedFailure(): Failure | null {
    return this.#time.now() < this.nextAt ? this.#finalFailure : null;
  }

  isBeginning(): boolean {
    return false;
  }

  request(): TransportRequest {
    if (this.image !== null || this.#finalFailure !== null) this.#beginWait();
    const id = this.#pending?.id;
    this.#isImageRequest = id === undefined;
    if (id !== undefined) return createRequest(this.#context, { call: 'fetch', id });
    this.#imageRequests++;
    const { modelId, prompt } = this.#subject;
    const fields = { model_id: modelId, prompt, ...SMALLEST };
    return createRequest(this.#context, { call: 'text2img', fields });
  }

  receive(parsed: ParsedReply, now: number): Failure | null {
    const repliedAt = new Date(this.#time.wallMs()).toISOString();
    if (parsed.isApiReply) {
      const status = parsed.apiStatus ?? this.last?.status ?? null;
      this.last = { message: parsed.apiMessage, status, repliedAt };
    }
    if (parsed.failure) return this.#applyFailure(parsed.failure, now);
    const url = readUrl(parsed, this.#context.redact);
    if (url !== null) {
      this.image = { url, at: now, repliedAt };
      this.#pending = null;
      this.waitUntil(now + this.#retry.intervalMs, null, now);
      return null;
    }
    return parsed.status === 'success'
      ? this.#failWithout('image', parsed, now)
      : this.#applyProcessing(parsed, now);
  }

  expire(): void {
    if (this.#pending === null && this.image === null) this.#beginWait();
  }

  #beginWait(): void {
    this.#imageRequests = 0;
    this.image = null;
    this.last = null;
    this.#finalFailure = null;
    this.#loading.reset();
    this.#retry.reset();
  }

  #applyProcessing(parsed: ParsedReply, now: number): Failure | null {
    const etaMs = readEta(parsed.body);
    if (this.#pending !== null) {
      const isLost =
        now - this.#pending.at >= LOST_AFTER_MS && this.#imageRequests < MAX_IMAGE_REQUESTS;
      if (isLost) this.#pending = null;
      const waitMs = isLost ? 0 : Math.max(etaMs ?? 0, this.#retry.intervalMs);
      this.waitUntil(now + waitMs, null, now);
      return null;
    }
    const id = readId(parsed, this.#context.redact);
    if (id !== null) {
      this.#pending = { id, at: now };
      this.waitUntil(now + (etaMs ?? FIRST_FETCH_MS), null, now);
      return null;
    }
    // An error which means that the model is loading is not billed.
    if (!isAccepted(parsed)) this.#imageRequests--;
    // There is nothing to fetch: `processing` may be the state of the model, not of the image.
    if (this.#imageRequests >= MAX_IMAGE_REQUESTS)
      return this.#failWithout('id to fetch it by', parsed, now);
    this.waitUntil(now + this.#loading.afterProcessing(), null, now);
    return null;
  }

  #applyFailure(failed: Failure, now: number): Failure {
    const isUnavailable =
      failed.code === 'model_not_found' ||
      (MAY_BE_UNAVAILABLE.has(failed.code) && UNAVAILABLE.test(toMatchable(failed.message)));
    // A rejected image request is not billed; any other may have been accepted.
    const isRejected = isUnavailable || failed.code === 'rate_limited' || !failed.maybeSent;
    if (this.#isImageRequest && isRejected) this.#imageRequests--;
    // An image that failed or is unknown to the API must be requested again.
    if (isUnavailable || (failed.code === 'api_error' && failed.retryable)) this.#pending = null;
    const isRetryable = isUnavailable || failed.retryable || failed.retryableAfterAcceptance;
    const mayRequestImage = this.#pending !== null || this.#imageRequests < MAX_IMAGE_REQUESTS;
    if (!isRetryable || !mayRequestImage) return this.#fail(failed, now);
    const failure = { ...failed, retryable: true };
    if (isQueueFull(failure)) return failure;
    const waitMs = isUnavailable
      ? this.#loading.afterProcessing()
      : this.#retry.afterFailure(failure);
    this.waitUntil(now + waitMs, failure, now);
    return failure;
  }

  #failWithout(what: string, { httpStatus }: ParsedReply, now: number): Failure {
    const message = `The API accepted the image request, but its reply had no ${what}`;
    return this.#fail(createFailure('unexpected_response', message, { httpStatus }), now);
  }

  /** Ends the wait with a final failure. */
  #fail(failed: Failure, now: number): Failure {
    const failure = { ...failed, retryable: false };
    this.#finalFailure = endsAllCalls(failure) ? null : failure;
    this.#pending = null;
    this.waitUntil(now + this.#retry.intervalMs, failure, now);
    return failure;
  }
}

/** Returns the id to fetch the image by; null if there is none or it cannot be a segment of a URL's path. */
function readId({ body }: ParsedReply, redact: (text: string) => string): string | null {
  const id = readText(body.id);
  // The key must not be in a URL, and URL parsing removes dot segments even if they are encoded.
  return id === null || id === '.' || id === '..' || redact(id) !== id ? null : id;
}

/**
 * Returns the image's URL if the reply's own status is 'success', regardless of its message; null for any other
 * reply, or if the URL is incomplete or contains the key.
 */
function readUrl(parsed: ParsedReply, redact: (text: string) => string): string | null {
  const { output } = parsed.body;
  const url: unknown = Array.isArray(output) ? output[0] : output;
  if (parsed.apiStatus?.toLowerCase() !== 'success' || typeof url !== 'string') return null;
  return toSafeUrl(url, redact);
}
