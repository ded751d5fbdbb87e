import { formatDuration, type ReplyReceived } from '@modelslab-reload/core';
import { NO_TIME } from './status-line.ts';

/** The next step after a success with `--until image`. */
const IMAGE_REQUEST = 'requesting an image, which is billed';

/** Returns a line about a change of a model that is not done. */
export function changeLine(event: ReplyReceived): string {
  const { modelId, status, errorCode, message, nextInMs } = event;
  const next = nextInMs === null ? NO_TIME : `next request in ${formatDuration(nextInMs)}`;
  return `  ${modelId}: ${errorCode ?? status}${quote(message)}; ${status === 'success' ? IMAGE_REQUEST : next}`;
}

/** Returns a line about one exchange: attempt, result, and when and why the next one follows. */
export function exchangeLine(event: ReplyReceived, isFixedInterval: boolean): string {
  const { modelId, attempt, status, errorCode, message, httpStatus, elapsedMs } = event;
  const http = httpStatus === null ? 'no reply' : `HTTP ${httpStatus}`;
  return (
    `${modelId}: request ${attempt} at ${formatDuration(elapsedMs)}: ` +
    `${http}, ${errorCode ?? status}${quote(message)}; ${describeNext(event, isFixedInterval)}`
  );
}

function describeNext({ status, errorCode, nextInMs }: ReplyReceived, isFixedInterval: boolean) {
  if (nextInMs === null) return 'no more requests';
  if (status === 'success') return IMAGE_REQUEST;
  const next = `next in ${formatDuration(nextInMs)}`;
  if (errorCode === 'rate_limited') return `${next}, because it was rate limited`;
  const interval = isFixedInterval ? ' (--poll-interval)' : '';
  return `${next}, ${errorCode === null ? 'while it loads' : 'as a retry'}${interval}`;
}

function quote(message: string | null): string {
  return message === null ? '' : `, "${message}"`;
}
