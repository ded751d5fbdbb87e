import { formatDuration } from '@modelslab-reload/core';
import type { Progress, Waiting } from './progress.ts';
import type { Style } from './style.ts';

/** The signs of life, one after another. */
const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const FRAME_MS = 125;

/** How long a load takes as a rule, by the vendor's documentation. */
const USUAL = '2m';

/** Where a moving line is drawn: at what time, how wide it may be, and in which style. */
export interface Frame {
  now: number;
  columns: number;
  style: Style;
}

/**
 * One line about a run that goes on: how many are done, who is waited for, for how long, and when it
 * asks next. Where it does not fit, fewer models are named; then it is cut.
 */
export function statusLine(progress: Progress, frame: Frame): string {
  const { now, columns } = frame;
  const waiting = progress.waiting();
  const done = `${progress.outcomes.length} of ${progress.total} done`;
  const [next] = waiting;
  if (next === undefined) {
    return movingLine([done, 'asking', inSeconds(now - progress.startedAt)], frame);
  }
  const since = Math.min(...waiting.map((one) => one.since));
  const elapsed = `${inSeconds(now - since)}, usually about ${USUAL}`;
  const asks = whenOf(next.nextAt - now);
  const lines = [3, 2, 1, 0].map((named) => {
    const names = namesOf(waiting.map(nameOf), named);
    return [done, `waiting for ${names}`, elapsed, asks];
  });
  const fits = lines.find((parts) => parts.join(SEPARATOR).length <= columns - MARGIN);
  return movingLine(fits ?? [done, elapsed, asks], frame);
}

function whenOf(inMs: number): string {
  if (inMs === Infinity) return NO_TIME;
  return inMs > 0 ? `asks next in ${inSeconds(inMs + 999)}` : 'asking now';
}

/** Where the deadline comes before the next request. */
export const NO_TIME = 'no time left to ask again';

const SEPARATOR = ' · ';
/** The sign of life and the blank behind it; and the last column, where the cursor would wait to wrap. */
const MARGIN = 3;

/** One line with a sign of life, cut to the columns there are. */
export function movingLine(parts: readonly string[], { now, columns, style }: Frame): string {
  const sign = FRAMES[Math.floor(now / FRAME_MS) % FRAMES.length] ?? '';
  const text = parts.join(SEPARATOR);
  const room = Math.max(1, columns - MARGIN);
  return `${style('cyan', sign)} ${text.length <= room ? text : `${text.slice(0, room - 1)}…`}`;
}

function nameOf({ modelId, heard }: Waiting): string {
  return heard === 'processing' ? modelId : `${modelId} (${heard})`;
}

/** `a`, `a, b`, `a, b and 3 more`; for none, how many they are. */
export function namesOf(names: readonly string[], most: number): string {
  if (most === 0) return names.length === 1 ? '1 model' : `${names.length} models`;
  const rest = names.length - most;
  return names.slice(0, most).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

/** A time for a line that changes each second: `7s`, `42s`, `2m 04s`. */
export function inSeconds(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return seconds < 10 ? `${seconds}s` : formatDuration(seconds * 1000);
}
