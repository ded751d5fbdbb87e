import type { Context } from '../context.ts';
import { createFailure, type Failure } from '../errors.ts';
import type { ErrorCode } from '../outcome.ts';
import { createRetryPolicy, requestIntervalMs } from '../polling/retry-policy.ts';
import type { Time } from '../polling/time.ts';
import type { ParsedReply } from '../protocol/parse-reply.ts';
import { readText } from '../protocol/reply-text.ts';
import { createRequest } from '../protocol/requests.ts';
import { readEta } from '../protocol/retry-after.ts';
import { createTarget, type Target } from './target.ts';

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

const MAX_URL_LENGTH = 8192;

/** One small test image of a model, which is billed: the only proof that the model answers. */
export interface ImageCheck {
  readonly target: Target;
  /** The image, once it is there. */
  readonly image: { url: string; at: number; repliedAt: string } | null;
  /** What the API last returned about it; null before the first reply. */
  readonly last: { message: string | null; status: string | null; repliedAt: string } | null;
  /** Returns the final failure that still answers new callers; null without one. */
  rememberedFailure(): Failure | null;
}

/**
 * Orders an image, then fetches it until it is there. An order that finds the model unavailable is
 * repeated by the schedule of a load. An image that was ordered outlives its caller.
 */
export function createImageCheck(
  context: Context,
  time: Time,
  { modelId, prompt }: { modelId: string; prompt: string },
): ImageCheck {
  const loading = createRetryPolicy(context);
  const retry = createRetryPolicy(context);
  const intervalMs = requestIntervalMs(context);
  let orders = 0;
  let isOrder = false;
  let ordered: { id: string; at: number } | null = null;
  let image: ImageCheck['image'] = null;
  let last: ImageCheck['last'] = null;
  let finalFailure: Failure | null = null;

  const beginWait = () => {
    orders = 0;
    image = null;
    last = null;
    finalFailure = null;
    loading.reset();
    retry.reset();
  };
  /** Ends the wait with a failure that repeating the order cannot mend. */
  const fail = (failure: Failure, now: number): Failure => {
    const isRemembered = failure.code !== 'unauthorized' && failure.code !== 'payment_required';
    finalFailure = isRemembered ? failure : null;
    ordered = null;
    target.nextAt = now + intervalMs;
    return { ...failure, retryable: false };
  };
  const failWithout = (what: string, { httpStatus }: ParsedReply, now: number) =>
    fail(
      createFailure(
        'unexpected_response',
        `The API accepted the image request, but its reply had no ${what}`,
        { httpStatus },
      ),
      now,
    );

  const applyProcessing = (parsed: ParsedReply, now: number): Failure | null => {
    const etaMs = readEta(parsed.body);
    if (ordered !== null) {
      const isLost = now - ordered.at >= LOST_AFTER_MS && orders < MAX_ORDERS;
      if (isLost) ordered = null;
      target.nextAt = isLost ? now : now + Math.max(etaMs ?? 0, intervalMs);
      return null;
    }
    const id = readText(parsed.body.id);
    // An id that holds the key is not used, because it would go into a URL.
    if (id !== null && context.redact(id) === id) {
      ordered = { id, at: now };
      target.nextAt = now + (etaMs ?? FIRST_FETCH_MS);
      return null;
    }
    // There is nothing to fetch: it may be the model that is processing.
    if (orders >= MAX_ORDERS) return failWithout('id to fetch the image by', parsed, now);
    target.nextAt = now + loading.afterProcessing();
    return null;
  };

  const applyFailure = (failed: Failure, now: number): Failure => {
    const isUnavailable =
      failed.code === 'model_not_found' ||
      (MAY_BE_UNAVAILABLE.has(failed.code) && UNAVAILABLE.test(failed.message));
    // A rejected order is not billed; any other may have been accepted.
    const isRejected = isUnavailable || failed.code === 'rate_limited' || !failed.maybeSent;
    if (isOrder && isRejected) orders--;
    // An image that failed, or that nobody knows, has to be ordered again.
    if (isUnavailable || (failed.code === 'api_error' && failed.retryable)) ordered = null;
    const isRetryable = isUnavailable || failed.retryable || failed.retryableAfterAcceptance;
    if (!isRetryable || (ordered === null && orders >= MAX_ORDERS)) return fail(failed, now);
    const failure = { ...failed, retryable: true };
    if (failure.code === 'rate_limited' && failure.scope === 'account') return failure;
    target.nextAt = now + (isUnavailable ? loading.afterProcessing() : retry.afterFailure(failure));
    const isRequested = failure.code === 'rate_limited' || failure.retryAfterMs !== null;
    target.pause = isRequested ? { failure, since: now } : null;
    return failure;
  };

  const target = createTarget({
    isModel: false,
    isBeginning: () => false,

    request() {
      if (image !== null || finalFailure !== null) beginWait();
      isOrder = ordered === null;
      if (ordered !== null) return createRequest(context, { call: 'fetch', id: ordered.id });
      orders++;
      return createRequest(context, {
        call: 'text2img',
        fields: { model_id: modelId, prompt, ...SMALLEST },
      });
    },

    receive(parsed, now) {
      const repliedAt = new Date(time.wallMs()).toISOString();
      if (parsed.isApiReply) {
        const status = parsed.apiStatus ?? last?.status ?? null;
        last = { message: parsed.apiMessage, status, repliedAt };
      }
      if (parsed.failure) return applyFailure(parsed.failure, now);
      const url = readUrl(parsed, context.redact);
      if (url !== null) {
        image = { url, at: now, repliedAt };
        ordered = null;
        target.nextAt = now + intervalMs;
        return null;
      }
      return parsed.status === 'success'
        ? failWithout('image', parsed, now)
        : applyProcessing(parsed, now);
    },

    expire() {
      if (ordered === null && image === null) beginWait();
    },
  });

  return {
    target,
    get image() {
      return image;
    },
    get last() {
      return last;
    },
    rememberedFailure: () => (time.now() < target.nextAt ? finalFailure : null),
  };
}

/**
 * Returns the image's URL of a reply with the status word 'success', whatever its text mentions; null
 * for any other reply, and if there is no whole URL without the key.
 */
function readUrl(parsed: ParsedReply, redact: (text: string) => string): string | null {
  const { output } = parsed.body;
  const url: unknown = Array.isArray(output) ? output[0] : output;
  if (parsed.apiStatus?.toLowerCase() !== 'success' || typeof url !== 'string') return null;
  if (url.length > MAX_URL_LENGTH || redact(url) !== url) return null;
  if (!/^https?:\/\/\S+$/.test(url) || !URL.canParse(url)) return null;
  // Parsing changes the host: capitals, full width, soft hyphens.
  const { href } = new URL(url);
  return redact(href) === href ? href : null;
}
