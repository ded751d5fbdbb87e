import { createFailure, type Failure } from '../errors.ts';
import type { ErrorCode, Outcome } from '../outcome.ts';
import { isAccepted, type ParsedReply } from '../protocol/parse-reply.ts';
import { UNAVAILABLE } from '../protocol/phrases.ts';
import { readText, toMatchable } from '../protocol/reply-text.ts';
import type { ApiCall } from '../protocol/requests.ts';
import { readEta } from '../protocol/retry-after.ts';
import { toSafeUrl } from '../redaction/redact.ts';
import type { Change } from '../state/change.ts';
import type { ImageTarget } from '../state/state.ts';
import { refund } from './image-budget.ts';
import { afterFailure, afterProcessing, requestIntervalMs, resetInterval } from './interval.ts';
import { ageMs, MAX_ACCEPTANCE_AGE_MS, waitUntil } from './next-at.ts';
import { endsAllCalls, isQueueFull } from './replies.ts';

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

/** Returns the next request: for an image, or for the one that the API has yet to generate. */
export function requestImage(target: ImageTarget): ApiCall {
  if (target.url !== null || target.failure !== null) beginWait(target);
  const id = target.pending?.id;
  target.isImageRequest = id === undefined;
  if (id !== undefined) return { call: 'fetch', id };
  target.imageRequests++;
  const { modelId, prompt, baseModel } = target;
  const model =
    baseModel === '' ? { model_id: modelId } : { model_id: baseModel, lora_model: modelId };
  return { call: 'text2img', fields: { ...model, prompt, ...SMALLEST } };
}

/** Applies a reply. If the model is unavailable, the image request is retried on the schedule of a load. */
export function receiveImage(
  change: Change,
  target: ImageTarget,
  reply: ParsedReply,
): Failure | null {
  const { now, rules } = change;
  if (reply.isApiReply) {
    const repliedAt = new Date(change.wall).toISOString();
    const status = reply.apiStatus ?? target.last?.status ?? null;
    target.last = { message: reply.apiMessage, status, repliedAt };
  }
  if (reply.failure) return applyFailure(change, target, reply.failure);
  const url = readUrl(reply, rules.redact);
  if (url !== null) {
    target.url = url;
    target.pending = null;
    waitUntil(target, now + requestIntervalMs(rules), null, now);
    return null;
  }
  return reply.status === 'success'
    ? failWithout(change, target, 'image', reply)
    : applyProcessing(change, target, reply);
}

/** Discards what is known, unless an image was requested: it outlives its caller, but not the load that it belongs to. */
export function expireImage(change: Change, target: ImageTarget): void {
  const { pending } = target;
  if (pending && ageMs(change, pending) > MAX_ACCEPTANCE_AGE_MS) target.pending = null;
  if (target.pending === null && target.url === null) beginWait(target);
}

/** Returns what an image check adds to the outcome of its model. */
export function describeImage({ last, url }: ImageTarget, isReached: boolean): Partial<Outcome> {
  return {
    ...(last && { message: last.message, repliedAt: last.repliedAt }),
    ...(last?.status != null && { lastStatus: last.status }),
    ...(isReached && url !== null && { status: 'success', evidence: 'image', imageUrl: url }),
  };
}

function beginWait(target: ImageTarget): void {
  target.imageRequests = 0;
  target.url = null;
  target.last = null;
  target.failure = null;
  resetInterval(target.loading);
  resetInterval(target.interval);
}

function applyProcessing(change: Change, target: ImageTarget, reply: ParsedReply): Failure | null {
  const { now, rules } = change;
  const etaMs = readEta(reply.body);
  if (target.pending !== null) {
    const isLost =
      now - target.pending.at >= LOST_AFTER_MS && target.imageRequests < MAX_IMAGE_REQUESTS;
    if (isLost) target.pending = null;
    const waitMs = isLost ? 0 : Math.max(etaMs ?? 0, requestIntervalMs(rules));
    waitUntil(target, now + waitMs, null, now);
    return null;
  }
  const id = readId(reply, rules.redact);
  if (id !== null) {
    target.pending = { id, at: now, wall: change.wall };
    waitUntil(target, now + (etaMs ?? FIRST_FETCH_MS), null, now);
    return null;
  }
  // An error which means that the model is loading is not billed.
  if (!isAccepted(reply)) refund(change, target);
  // There is nothing to fetch: `processing` may be the state of the model, not of the image.
  if (target.imageRequests >= MAX_IMAGE_REQUESTS)
    return failWithout(change, target, 'id to fetch it by', reply);
  waitUntil(target, now + afterProcessing(target.loading, rules), null, now);
  return null;
}

function applyFailure(change: Change, target: ImageTarget, failed: Failure): Failure {
  const { now, rules } = change;
  const isUnavailable =
    failed.code === 'model_not_found' ||
    (MAY_BE_UNAVAILABLE.has(failed.code) && UNAVAILABLE.test(toMatchable(failed.message)));
  // A rejected image request is not billed; any other may have been accepted.
  const isRejected = isUnavailable || failed.code === 'rate_limited' || !failed.maybeSent;
  if (target.isImageRequest && isRejected) refund(change, target);
  // An image that failed or is unknown to the API must be requested again.
  if (isUnavailable || (failed.code === 'api_error' && failed.retryable)) target.pending = null;
  const isRetryable = isUnavailable || failed.retryable || failed.code === 'unexpected_response';
  const mayRequestImage = target.pending !== null || target.imageRequests < MAX_IMAGE_REQUESTS;
  if (!isRetryable || !mayRequestImage) return fail(change, target, failed);
  const failure = { ...failed, retryable: true };
  if (isQueueFull(failure)) return failure;
  const waitMs = isUnavailable
    ? afterProcessing(target.loading, rules)
    : afterFailure(target.interval, rules, failure);
  waitUntil(target, now + waitMs, failure, now);
  return failure;
}

function failWithout(
  change: Change,
  target: ImageTarget,
  what: string,
  { httpStatus }: ParsedReply,
): Failure {
  const message = `The API accepted the image request, but its reply had no ${what}`;
  return fail(change, target, createFailure('unexpected_response', message, { httpStatus }));
}

/** Ends the wait with a final failure. */
function fail({ now, rules }: Change, target: ImageTarget, failed: Failure): Failure {
  const failure = { ...failed, retryable: false };
  target.failure = endsAllCalls(failure) ? null : failure;
  target.pending = null;
  waitUntil(target, now + requestIntervalMs(rules), failure, now);
  return failure;
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
function readUrl(reply: ParsedReply, redact: (text: string) => string): string | null {
  const { output } = reply.body;
  const url: unknown = Array.isArray(output) ? output[0] : output;
  if (reply.apiStatus?.toLowerCase() !== 'success' || typeof url !== 'string') return null;
  return toSafeUrl(url, redact);
}
