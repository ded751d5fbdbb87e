import { info } from '@actions/core';
import {
  formatDuration,
  type Outcome,
  type ReplyEvent,
  type ReplyReceived,
  type Waiting,
} from '@modelslab-reload/core/engine';
import { toLogLine } from './text.ts';

/** Minimum milliseconds between two lines about the same kind of wait. */
const MIN_WAIT_LINE_INTERVAL_MS = 30_000;

/** Creates a listener that logs a line for each reply, and one for all models that wait for the same reason. */
export function createEventLog(now: () => number): (event: ReplyEvent) => void {
  const loading = new Set<string>();
  const quietUntil = new Map<Waiting['reason'], number>();

  return (event) => {
    if (event.type === 'reply') {
      if (event.status === 'processing') loading.add(event.modelId);
      else if (event.nextInMs === null) loading.delete(event.modelId);
      log(formatReply(event));
      return;
    }
    // A slot is free again very soon.
    if (event.reason === 'slot' || now() < (quietUntil.get(event.reason) ?? 0)) return;
    const waitMs = Math.max(event.nextInMs ?? 0, MIN_WAIT_LINE_INTERVAL_MS);
    quietUntil.set(event.reason, now() + waitMs);
    log(formatWait(event, loading.size));
  };
}

export function logOutcome({ modelId, status, error, requests, elapsedMs }: Outcome): void {
  const result = error === null ? status : `failed, ${error.code}`;
  const work = `${requests} request${requests === 1 ? '' : 's'}, ${formatDuration(elapsedMs)}`;
  log(`${modelId}: ${result} (${work})`);
}

function log(text: string): void {
  info(toLogLine(text));
}

function formatReply(reply: ReplyReceived): string {
  const { modelId, status, errorCode, message, httpStatus, nextInMs } = reply;
  const result = [errorCode ?? status, message].filter((part) => part !== null).join(', ');
  const http = httpStatus === null ? '' : ` (HTTP ${httpStatus})`;
  // With `until: image` an image request follows a success.
  const next =
    status === 'success'
      ? 'next: an image, which is billed'
      : `next request in ${formatDuration(nextInMs ?? 0)}`;
  return `${modelId}: ${result}${http}${nextInMs === null ? '' : `; ${next}`}`;
}

function formatWait({ reason, nextInMs }: Waiting, loadingCount: number): string {
  const what =
    reason === 'line'
      ? "The account's queue is full: new models wait in line"
      : 'The API requested a pause';
  const next = nextInMs === null ? '' : `; next request in ${formatDuration(nextInMs)}`;
  return `${what}, ${loadingCount} ${loadingCount === 1 ? 'is' : 'are'} loading${next}.`;
}
