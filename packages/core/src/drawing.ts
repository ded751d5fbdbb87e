import { apiRequest } from './api.ts';
import { failure, type Failure } from './failure.ts';
import { waitAfterFailure } from './judge.ts';
import type { TransportRequest } from './ports.ts';
import type { Reading } from './reading.ts';
import { textOf, toLine } from './reply-text.ts';
import { readEta } from './retry-after.ts';
import { createRetry, retryGapMs } from './retry.ts';
import type { Run } from './run.ts';
import type { Settings } from './settings.ts';

/** A picture that was drawn. */
export interface Picture {
  url: string;
}

/** What is asked next about a model, and what a reply to it means. */
export interface Step {
  request(): TransportRequest;
  /** The wait until this is asked again, in milliseconds (null: it is not), and what went wrong. */
  judge(reading: Reading): { waitMs: number | null; failure: Failure | null };
}

/** Pictures are billed, so a run never orders more for one model. */
const MOST_ORDERS = 3;

/** A picture that is not drawn by then was ordered while the model was away: longer than a load takes. */
const LOST_AFTER_MS = 180_000;

/** Milliseconds until a picture is asked for first, where the reply names no time. */
const DRAWING_MS = 5000;

/** What an order says of a model that is not there; nobody has published the vendor's words for it. */
const NOT_THERE =
  /\bmodel\b.*\b(?:not (?:loaded|ready|available|found)|unloaded|(?:re)?loading)\b/i;

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
    if (reading.status === 'success') {
      const url = urlOf(reading);
      if (url === null) return { waitMs: null, failure: withoutUrl(reading) };
      onPicture({ url: toLine(settings.redact(url)) });
      return { waitMs: null, failure: null };
    }
    if (reading.failure) return afterFailure(reading.failure);
    return { waitMs: afterProcessing(reading), failure: null };
  };

  const afterProcessing = (reading: Reading): number => {
    if (picture === null) {
      const id = textOf(reading.body.id);
      // Without an id there is nothing to ask for: it may be the model that is processing. One that
      // holds the key is none, since it would go into a URL.
      if (id === null || settings.redact(id) !== id) return loading.afterProcessing();
      picture = { id, orderedAt: clock.now() };
      return readEta(reading.body) ?? DRAWING_MS;
    }
    if (clock.now() - picture.orderedAt >= LOST_AFTER_MS && orders < MOST_ORDERS) {
      picture = null;
      return 0;
    }
    return Math.max(readEta(reading.body) ?? 0, retryGapMs(settings));
  };

  const afterFailure = (failed: Failure) => {
    const isAway = NOT_THERE.test(failed.message) || failed.code === 'model_not_found';
    // Refused, it drew nothing and is no order; anything else may have been taken, and billed.
    const isRefused = isAway || failed.code === 'rate_limited' || !failed.sent;
    if (picture === null && isRefused) orders--;
    // A picture that failed, or that nobody knows, has to be ordered anew.
    if (isAway || (failed.code === 'api_error' && failed.passing)) picture = null;
    const mayOrder = picture !== null || orders < MOST_ORDERS;
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

function urlOf(reading: Reading): string | null {
  const { output } = reading.body;
  const url: unknown = Array.isArray(output) ? output[0] : output;
  return typeof url === 'string' && /^https?:\/\/\S+$/.test(url) && URL.canParse(url) ? url : null;
}

function withoutUrl(reading: Reading): Failure {
  return failure('unexpected_response', 'The API said success, but named no picture', {
    httpStatus: reading.httpStatus ?? undefined,
  });
}
