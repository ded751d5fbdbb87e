import { formatCounts, formatSeconds, joinIds } from './format.ts';
import type { ModelProgress, Progress } from './progress.ts';
import type { Theme } from './theme.ts';
import { truncate, widthOf } from './width.ts';

const FRAME_MS = 125;

/** Usual load time, by the vendor's documentation. */
const USUAL_LOAD_TIME = '2m';

/** Maximum number of unfinished models that are named; more are only counted. */
const MAX_NAMED = 5;

/** Shown if the deadline is before the next request. */
export const NO_TIME = 'no time left for another request';

/** Reasons for a wait, in two lengths. */
const QUEUE_FULL = ["the account's queue is full", 'queue full'];
const PAUSED = ['as the API requested', 'rate limited'];

const SEPARATOR = ' · ';
/** The columns of the spinner and its space, and the last column, where the cursor would wrap. */
const MARGIN = 3;

/** Where a status line is drawn. */
export interface Frame {
  /** Time of the clock that the progress uses. */
  now: number;
  /** Milliseconds since 1970 at the same time. */
  wallTime: number;
  columns: number;
  theme: Pick<Theme, 'style' | 'spinner'>;
}

/** Returns the status line of a run, with a spinner. It has less detail if the columns are few, and is then truncated. */
export function statusLine(progress: Progress, frame: Frame): string {
  const variants = statusVariants(progress, frame);
  const fits = variants.find((parts) => widthOf(parts.join(SEPARATOR)) <= frame.columns - MARGIN);
  return spinnerLine(fits ?? variants.at(-1) ?? [], frame);
}

/** Returns the status of a run with all details, for an output without a moving line. */
export function statusText(progress: Progress, time: Pick<Frame, 'now' | 'wallTime'>): string {
  return (statusVariants(progress, time)[0] ?? []).join(SEPARATOR);
}

/** Returns one line with a spinner, truncated to the columns. */
export function spinnerLine(
  parts: readonly string[],
  { now, columns, theme: { style, spinner } }: Omit<Frame, 'wallTime'>,
): string {
  const frame = spinner[Math.floor(now / FRAME_MS) % spinner.length] ?? '';
  const text = truncate(parts.join(SEPARATOR), Math.max(1, columns - MARGIN));
  return `${style('cyan', frame)} ${text}`;
}

/** Returns the parts of a status line in several lengths, the longest first. */
function statusVariants(progress: Progress, time: Pick<Frame, 'now' | 'wallTime'>): string[][] {
  const { now } = time;
  const models = progress.unfinished();
  const done = `${progress.outcomes.length} of ${progress.total} done`;
  const runTime = formatSeconds(now - progress.startedAt);
  if (models.length === 0) {
    const reply = progress.outcomes.length === 0 ? 'the first reply' : 'a reply';
    return [[done, `waiting for ${reply}`, runTime]];
  }
  const nexts = describeNext(models, time);
  const [next = '', shortestNext = ''] = [nexts[0], nexts.at(-1)];
  const counts = countPhases(progress, models);
  const begun = formatCounts({ ...counts, 'not started': 0 }, SEPARATOR);
  const all = formatCounts(counts, SEPARATOR);
  const counted = [
    [done, all, next],
    ...nexts.map((one) => [done, begun, one].filter((part) => part !== '')),
    [done, shortestNext],
  ];
  if (models.length > MAX_NAMED || models.some(isHeldBack)) {
    return [[done, all, next, runTime], ...counted];
  }
  const since = Math.min(...models.map((model) => model.since));
  const elapsed = `${formatSeconds(now - since)}, usually about ${USUAL_LOAD_TIME}`;
  const names = models.map(({ modelId, errorCode }) =>
    errorCode === null ? modelId : `${modelId} (${errorCode})`,
  );
  const named = [3, 2, 1].map((max) => [done, `waiting for ${joinIds(names, max)}`, elapsed, next]);
  return [...named, [done, all, elapsed, shortestNext], ...counted];
}

/** Returns true for a model that waits for the account, not for its own load. */
function isHeldBack({ phase, waitsFor }: ModelProgress): boolean {
  return phase === 'new' && (waitsFor === 'line' || waitsFor === 'pause');
}

function countPhases({ total, outcomes }: Progress, models: readonly ModelProgress[]) {
  const rest = total - outcomes.length - models.length;
  const counts = { loading: 0, 'in line': 0, 'rate limited': 0, retrying: 0, 'not started': rest };
  for (const { phase, waitsFor, errorCode } of models) {
    if (phase !== 'new') counts.loading++;
    else if (waitsFor === 'line') counts['in line']++;
    else if (waitsFor === 'pause') counts['rate limited']++;
    else if (errorCode !== null) counts.retrying++;
    else counts['not started']++;
  }
  return counts;
}

/** Returns when the next request is due, and why not earlier, in several lengths. */
function describeNext(
  models: readonly ModelProgress[],
  { now, wallTime }: Pick<Frame, 'now' | 'wallTime'>,
): string[] {
  const next = models.find(({ waitsFor }) => waitsFor !== 'slot');
  const inMs = (next?.nextAt ?? now) - now;
  // A model that waits for a slot means that other requests are open.
  if (next === undefined || inMs <= 0) return ['waiting for a reply'];
  const isLine = models.some(({ waitsFor }) => waitsFor === 'line');
  const why = isPaused(next) ? PAUSED : isLine ? QUEUE_FULL : [];
  if (inMs === Infinity) return why.length > 0 ? why : [NO_TIME];
  const when =
    isPaused(next) || next.waitsFor === 'line'
      ? `paused until ${new Date(wallTime + inMs).toTimeString().slice(0, 8)}`
      : `next request in ${formatSeconds(inMs + 999)}`;
  return [...why.map((reason) => `${when}, ${reason}`), when];
}

function isPaused({ waitsFor, errorCode, phase }: ModelProgress): boolean {
  if (waitsFor !== null) return waitsFor === 'pause';
  return phase === 'new' && errorCode === 'rate_limited';
}
