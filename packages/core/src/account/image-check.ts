import type { Context } from '../context.ts';
import { createFailure, type Failure } from '../errors.ts';
import type { ErrorCode } from '../outcome.ts';
import { RetryPolicy } from '../polling/retry-policy.ts';
import type { Time } from '../polling/time.ts';
import type { ParsedReply } from '../protocol/parse-reply.ts';
import { readText } from '../protocol/reply-text.ts';
import { createRequest } from '../protocol/requests.ts';
import { readEta } from '../protocol/retry-after.ts';
import { toSafeUrl } from '../redaction/redact.ts';
import type { TransportRequest } from '../transport/types.ts';
import { endsAllCalls, isQueueFull, Target } from './target.ts';

/** Images are billed, so one wait never orders more for one model and prompt. */
const MAX_ORDERS = 3;

/** An image that has not come by then was ordered while the model was unavailable: longer than a load. */
const LOST_AFTER_MS = 180_000;

/** Milliseconds until an image is fetched first, if the reply names no time. */
const FIRST_FETCH_MS = 5000;

/** What an order may return for an unloaded model; nobody has published the vendor's words for it. */
const UNAVAILABLE =
  /\bmodel\b.*\b(?:not (?:loaded|ready|available|found)|unloaded|(?:re)?loading)\b/i;

/** Codes whose text decides; the others are clear, whatever else their text mentions. */
const MAY_BE_UNAVAILABLE = new Set<ErrorCode>(['api_error', 'invalid_request', 'server_error']);

/** The vendor's own first example is 512 wide; half the most steps that are documented. */
const SMALLEST = { width: 512, height: 512, samples: 1, num_inference_steps: 10 };

/**
 * One small test image of a model, which is billed: the only proof that the model answers. It is ordered,
 * then fetched until it is there; an order that finds the model unavailable is repeated by the schedule of
 * a load. An image that was ordered outlives its caller.
 */
export class ImageCheck extends Target {
  /** The image, once it is there. */
  image: { url: string; at: number; repliedAt: string } | null = null;
  /** What the API last returned about it; null before the first reply. */
  last: { message: string | null; status: string | null; repliedAt: string } | null = null;
  readonly #context: Context;
  readonly #time: Time;
  readonly #subject: { modelId: string; prompt: string };
  readonly #loading: RetryPolicy;
  readonly #retry: RetryPolicy;
  #orders = 0;
  #isOrder = false;
  #ordered: { id: string; at: number } | null = null;
  #finalFailure: Failure | null = null;

  constructor(context: Context, time: Time, subject: { modelId: string; prompt: string }) {
    super();
    this.#context = context;
    this.#time = time;
    this.#subject = subject;
    this.#loading = new RetryPolicy(context);
    this.#retry = new RetryPolicy(context);
  }

  /** Returns the final failure that still answers new callers; null without one. */
  rememberedFailure(): Failure | null {
    return this.#time.now() < this.nextAt ? this.#finalFailure : null;
  }

  isBeginning(): boolean {
    return false;
  }

  request(): TransportRequest {
    if (this.image !== null || this.#finalFailure !== null) this.#beginWait();
    const id = this.#ordered?.id;
    this.#isOrder = id === undefined;
    if (id !== undefined) return createRequest(this.#context, { call: 'fetch', id });
    this.#orders++;
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
      this.#ordered = null;
      this.waitUntil(now + this.#retry.intervalMs, null, now);
      return null;
    }
    return parsed.status === 'success'
      ? this.#failWithout('image', parsed, now)
      : this.#applyProcessing(parsed, now);
  }

  expire(): void {
    if (this.#ordered === null && this.image === null) this.#beginWait();
  }

  #beginWait(): void {
    this.#orders = 0;
    this.image = null;
    this.last = null;
    this.#finalFailure = null;
    this.#loading.reset();
    this.#retry.reset();
  }

  #applyProcessing(parsed: ParsedReply, now: number): Failure | null {
    const etaMs = readEta(parsed.body);
    if (this.#ordered !== null) {
      const isLost = now - this.#ordered.at >= LOST_AFTER_MS && this.#orders < MAX_ORDERS;
      if (isLost) this.#ordered = null;
      const waitMs = isLost ? 0 : Math.max(etaMs ?? 0, this.#retry.intervalMs);
      this.waitUntil(now + waitMs, null, now);
      return null;
    }
    const id = readId(parsed, this.#context.redact);
    if (id !== null) {
      this.#ordered = { id, at: now };
      this.waitUntil(now + (etaMs ?? FIRST_FETCH_MS), null, now);
      return null;
    }
    // There is nothing to fetch: it may be the model that is processing.
    if (this.#orders >= MAX_ORDERS) return this.#failWithout('id to fetch it by', parsed, now);
    this.waitUntil(now + this.#loading.afterProcessing(), null, now);
    return null;
  }

  #applyFailure(failed: Failure, now: number): Failure {
    const isUnavailable =
      failed.code === 'model_not_found' ||
      (MAY_BE_UNAVAILABLE.has(failed.code) && UNAVAILABLE.test(failed.message));
    // A rejected order is not billed; any other may have been accepted.
    const isRejected = isUnavailable || failed.code === 'rate_limited' || !failed.maybeSent;
    if (this.#isOrder && isRejected) this.#orders--;
    // An image that failed, or that nobody knows, has to be ordered again.
    if (isUnavailable || (failed.code === 'api_error' && failed.retryable)) this.#ordered = null;
    const isRetryable = isUnavailable || failed.retryable || failed.retryableAfterAcceptance;
    const mayOrder = this.#ordered !== null || this.#orders < MAX_ORDERS;
    if (!isRetryable || !mayOrder) return this.#fail(failed, now);
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

  /** Ends the wait. */
  #fail(failed: Failure, now: number): Failure {
    const failure = { ...failed, retryable: false };
    this.#finalFailure = endsAllCalls(failure) ? null : failure;
    this.#ordered = null;
    this.waitUntil(now + this.#retry.intervalMs, failure, now);
    return failure;
  }
}

/** Returns the id to fetch the image by; null if there is none, or one that cannot be part of a URL's path. */
function readId({ body }: ParsedReply, redact: (text: string) => string): string | null {
  const id = readText(body.id);
  // The key must not be in a URL, and parsing a URL removes these two even if they are encoded.
  return id === null || id === '.' || id === '..' || redact(id) !== id ? null : id;
}

/**
 * Returns the image's URL of a reply with the status word 'success', whatever its text mentions; null
 * for any other reply, and if there is no whole URL without the key.
 */
function readUrl(parsed: ParsedReply, redact: (text: string) => string): string | null {
  const { output } = parsed.body;
  const url: unknown = Array.isArray(output) ? output[0] : output;
  if (parsed.apiStatus?.toLowerCase() !== 'success' || typeof url !== 'string') return null;
  return toSafeUrl(url, redact);
}
