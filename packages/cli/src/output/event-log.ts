import type { ReplyEvent, ReplyReceived, Until } from '@modelslab-reload/core';
import type { ReloadFlags } from '../options.ts';
import { changeLine, exchangeLine } from './event-lines.ts';
import type { Progress } from './progress.ts';
import { statusText } from './status-line.ts';
import type { Terminal } from './terminal.ts';

/** Maximum number of models that get a line for each change; a longer list gets summaries. */
const MAX_SINGLE_MODELS = 10;

const SUMMARY_INTERVAL_MS = 30_000;

/** Waits are reported together, because hundreds of models may start to wait at the same time. */
const COLLECT_MS = 100;

/** Creates what keeps `progress` up to date, and prints the events between the results. */
export function createEventLog(
  progress: Progress,
  { hasStatusLine, theme, log }: Pick<Terminal, 'hasStatusLine' | 'theme' | 'log'>,
  { quiet, verbose, 'poll-interval': interval }: ReloadFlags,
  until: Until,
) {
  // A moving status line shows the run, so only --verbose needs lines.
  const isSilent = quiet || (hasStatusLine && !verbose);
  const write = (line: string) => log(verbose ? theme.style('dim', line) : line);
  let lastSummary = '';
  let wasHeldBack = false;
  let collecting: NodeJS.Timeout | undefined;

  const summarize = () => {
    const text = statusText(progress, { now: performance.now(), wallTime: Date.now() });
    if (text !== lastSummary) write(`  ${text}`);
    lastSummary = text;
  };
  const summaries =
    isSilent || verbose || progress.total <= MAX_SINGLE_MODELS
      ? undefined
      : setInterval(summarize, SUMMARY_INTERVAL_MS);
  summaries?.unref();

  const reportWaits = () => {
    collecting = undefined;
    const isHeldBack = progress
      .unfinished()
      .some(({ waitsFor }) => waitsFor === 'line' || waitsFor === 'pause');
    // Without --verbose only the start of a wait is printed.
    if (verbose || (isHeldBack && !wasHeldBack)) summarize();
    wasHeldBack = isHeldBack;
  };

  const reportReply = (event: ReplyReceived, isChange: boolean) => {
    if (verbose) write(exchangeLine(event, interval !== undefined));
    else if (isChange && progress.total <= MAX_SINGLE_MODELS) write(changeLine(event));
  };

  // The run waits for a loading model until the deadline, even if no request is left.
  const isLast = ({ status, nextInMs }: ReplyReceived) =>
    nextInMs === null && !(status === 'processing' && until !== 'accepted');

  return {
    /** Records an event, and prints it if it is a change. */
    event(event: ReplyEvent): void {
      const isOver = event.type === 'reply' && isLast(event);
      const isChange = !isOver && progress.record(event, performance.now());
      if (isSilent) return;
      if (event.type === 'reply') reportReply(event, isChange);
      else collecting ??= setTimeout(reportWaits, COLLECT_MS).unref();
    },
    close(): void {
      clearInterval(summaries);
      clearTimeout(collecting);
    },
  };
}
