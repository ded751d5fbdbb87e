import { info } from '@actions/core';
import { formatDuration, type Outcome, type ReplyReceived } from '@modelslab-reload/core/engine';

/**
 * A text that the runner takes for no command: it obeys `##[…]` wherever it stands in a line, and `::…::` where a line
 * begins with it.
 */
export function plain(text: string): string {
  return text.replaceAll('##[', '## [').replace(/^(\s*):(?=:)/, '$1: ');
}

/** One line for a reply, a failed one too: what was said, and when it is asked again. */
export function logReply(reply: ReplyReceived): void {
  const { modelId, status, errorCode, message, httpStatus, nextInMs } = reply;
  const said = [errorCode ?? status, message].filter((part) => part !== null).join(', ');
  const http = httpStatus === null ? '' : ` (HTTP ${httpStatus})`;
  // With `until: image` a picture follows a success.
  const what =
    status === 'success'
      ? 'now a picture is ordered, which is billed'
      : `asked again in ${formatDuration(nextInMs ?? 0)}`;
  const next = nextInMs === null ? '' : `; ${what}`;
  info(plain(`${modelId}: ${said}${http}${next}`));
}

/** One line for a model's end. */
export function logOutcome({ modelId, status, error, requests, elapsedMs }: Outcome): void {
  const what = error === null ? status : `failed, ${error.code}`;
  const work = `${requests} request${requests === 1 ? '' : 's'}, ${formatDuration(elapsedMs)}`;
  info(plain(`${modelId}: ${what} (${work})`));
}
