import { formatDuration, type ReplyReceived } from '@modelslab-reload/core';
import { NO_TIME } from './status-line.ts';

/** What follows a success with `--until image`. */
const ORDERS = 'now orders a picture, which is billed';

/** A line for what is new about a model that is not done. */
export function newsLine({ modelId, status, errorCode, message, nextInMs }: ReplyReceived): string {
  const asks = nextInMs === null ? NO_TIME : `asks again in ${formatDuration(nextInMs)}`;
  return `  ${modelId}: ${errorCode ?? status}${quoted(message)}; ${status === 'success' ? ORDERS : asks}`;
}

/** A line for each exchange: which try, what came back, how long until the next, and why. */
export function exchangeLine(event: ReplyReceived, isFixedGap: boolean): string {
  const { modelId, attempt, status, errorCode, message, httpStatus, elapsedMs, nextInMs } = event;
  const http = httpStatus === null ? 'no reply' : `HTTP ${httpStatus}`;
  const next =
    nextInMs === null
      ? 'no more requests'
      : status === 'success'
        ? ORDERS
        : `next in ${formatDuration(nextInMs)}, ${whyOf(event, isFixedGap)}`;
  return `${modelId}: try ${attempt} at ${formatDuration(elapsedMs)}: ${http}, ${errorCode ?? status}${quoted(message)}; ${next}`;
}

function whyOf({ errorCode }: ReplyReceived, isFixedGap: boolean): string {
  if (errorCode === 'rate_limited') return 'since it was refused for rate';
  const gap = isFixedGap ? ' (--poll-interval)' : '';
  return errorCode === null ? `while it loads${gap}` : `since the failure may pass${gap}`;
}

function quoted(message: string | null): string {
  return message === null ? '' : `, "${message}"`;
}
