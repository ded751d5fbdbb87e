import { apiRequest } from '../protocol/requests.ts';
import { createFailure, type Failure } from '../errors.ts';
import { waitAfterFailure } from '../polling/judge.ts';
import type { ErrorCode } from '../outcome.ts';
import type { TransportRequest } from '../transport/types.ts';
import type { ParsedReply } from '../protocol/parse-reply.ts';
import { readText } from '../protocol/reply-text.ts';
import { readEta } from '../protocol/retry-after.ts';
import { createRetry, retryGapMs } from '../polling/retry-policy.ts';
import type { Run } from '../polling/run.ts';
import type { Settings } from '../settings.ts';

/** A picture that was drawn. */
export interface Picture {
  url: string;
}

/** What is asked next about a model, and what a reply to it means. */
export interface Step {
  request(): TransportRequest;
  /** The wait until this is asked again, in milliseconds (null: it is not), and what went wrong. */
  judge(reading: ParsedReply): { waitMs: number | null; failure: Failure | null };
}

/** Pictures are billed, so a run never orders more for one model. */
const MAX_ORDERS = 3;

/** A picture that is not drawn by then was ordered while the model was away: longer than a load takes. */
const LOST_AFTER_MS = 180_000;

/** Milliseconds until a picture is asked for first, where the reply names no time. */
const DRAWING_MS = 5000;

/** What an order says of a model that is not there; nobody has published the vendor's words for it. */
const NOT_THERE =
  /\bmodel\b.*\b(?:not (?:loaded|ready|available|found)|unloaded|(?:re)?loading)\b/i;

/** Codes that leave it to the text; the others say what is wrong, whatever else they speak of. */
const MAY_BE_AWAY = new Set<ErrorCode>(['api_error', 'invalid_request', 'server_error']);

/** A URL that is longer is none. */
const MAX_URL_LENGTH = 8192;

/**
 * Draws one small picture with a model, as the proof that it answers: orders it, then asks for it
 * until it is there. An order that finds the model away is made again by the schedule of a load.
 *
 * @param onPicture called when the picture is there
 */
export function createDrawing(
  settings: Settings,
  run: Run,
  order: { modelId: string; prompt: string },
  onPicture: (picture: Picture) => void,
): Step {
  const { clock } = settings;
  const loading = createRetry(settings);
  const retry = createRetry({ ...settings, maxRetries: Infinity });
  let orders = 0;
  let picture: { id: string; orderedAt: number } | null = null;

  const judge: Step['judge'] = (reading) => {
    if (reading.failure) return afterFailure(reading.failure);
    const url = urlOf(reading, settings);
    if (url !== null) {
      onPicture({ url });
      return { waitMs: null, failure: null };
    }
    return reading.status === 'success' ? without('a picture', reading) : afterProcessing(reading);
  };

  const afterProcessing = (reading: ParsedReply): ReturnType<Step['judge']> => {
    const etaMs = readEta(reading.body);
    if (picture !== null) {
      const isLost = clock.now() - picture.orderedAt >= LOST_AFTER_MS && orders < MAX_ORDERS;
      if (isLost) picture = null;
      return { waitMs: isLost ? 0 : Math.max(etaMs ?? 0, retryGapMs(settings)), failure: null };
    }
    const id = readText(reading.body.id);
    // One that holds the key is none, since it would go into a URL.
    if (id !== null && settings.redact(id) === id) {
      picture = { id, orderedAt: clock.now() };
      return { waitMs: etaMs ?? DRAWING_MS, failure: null };
    }
    // There is nothing to ask for: it may be the model that is processing.
    if (orders >= MAX_ORDERS) return without('an id to ask for the picture', reading);
    return { waitMs: loading.afterProcessing(), failure: null };
  };

  const afterFailure = (failed: Failure) => {
    const isAway =
      failed.code === 'model_not_found' ||
      (MAY_BE_AWAY.has(failed.code) && NOT_THERE.test(failed.message));
    // Refused, it drew nothing and is no order; anything else may have been taken, and billed.
    const isRefused = isAway || failed.code === 'rate_limited' || !failed.maybeSent;
    if (picture === null && isRefused) orders--;
    // A picture that failed, or that nobody knows, has to be ordered anew.
    if (isAway || (failed.code === 'api_error' && failed.retryable)) picture = null;
    const mayOrder = picture !== null || orders < MAX_ORDERS;
    const waitMs = isAway ? loading.afterProcessing() : waitAfterFailure(failed, retry, run);
    return { waitMs: mayOrder ? waitMs : null, failure: failed };
  };

  return {
    request() {
      if (picture !== null) return apiRequest(settings, { call: 'fetch', id: picture.id });
      orders++;
      const { modelId: model_id, prompt } = order;
      return apiRequest(settings, { call: 'text2img', fields: { model_id, prompt, ...SMALLEST } });
    },
    judge,
  };
}

/** The vendor's own first example is 512 wide; half the most steps that are documented. */
const SMALLEST = { width: 512, height: 512, samples: 1, num_inference_steps: 10 };

/**
 * Where the picture is, in a reply with the word 'success', whatever its text speaks of; null for any
 * other reply, and where there is no whole URL without the key.
 */
function urlOf(reading: ParsedReply, settings: Settings): string | null {
  const { output } = reading.body;
  const url: unknown = Array.isArray(output) ? output[0] : output;
  if (reading.apiStatus?.toLowerCase() !== 'success' || typeof url !== 'string') return null;
  if (url.length > MAX_URL_LENGTH || settings.redact(url) !== url) return null;
  return /^https?:\/\/\S+$/.test(url) && URL.canParse(url) ? new URL(url).href : null;
}

function without(what: string, { httpStatus }: ParsedReply) {
  const message = `The API took the order, but its reply came without ${what}`;
  return {
    waitMs: null,
    failure: createFailure('unexpected_response', message, { httpStatus: httpStatus ?? undefined }),
  };
}
