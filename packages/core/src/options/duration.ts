import { invalidArgument } from '../errors.ts';
import { quote } from '../text.ts';

/** Maximum delay of a host's timer in milliseconds (a little over 24 days); a longer one fires immediately. */
export const MAX_DURATION_MS = 2 ** 31 - 1;

const UNIT_MS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * Parses a duration such as `90s`, `1.5h` or `500ms`: a number and one of ms, s, m, h, d.
 *
 * @param label how the user knows the duration; it begins the error's message
 * @param bounds in milliseconds; by default above 0 and up to 24 days
 * @returns milliseconds
 * @throws {ReloadError} `invalid_argument` for anything else, a bare number other than 0 included
 */
export function parseDuration(
  text: string,
  label: string,
  bounds: { min?: number; max?: number } = { max: MAX_DURATION_MS },
): number {
  const { min = Number.MIN_VALUE, max = Number.MAX_SAFE_INTEGER } = bounds;
  const [, digits, unit] =
    /^(\d{1,15}(?:\.\d{1,15})?|\.\d{1,15}) ?(ms|s|m|h|d)$/.exec(text.trim()) ?? [];
  const ms = text.trim() === '0' ? 0 : Number(digits) * (UNIT_MS[unit ?? ''] ?? Number.NaN);
  if (ms >= min && ms <= max) return ms;
  const above = min > 0 ? ' above 0' : '';
  const upTo = bounds.max === undefined ? '' : ` ${above && 'and '}up to 24 days`;
  throw invalidArgument(
    `${label} must be a duration${above}${upTo}, not ${quote(text)}.`,
    'Use a number and its unit (ms, s, m, h or d), such as 90s, 10m or 1.5h.',
  );
}

/** Formats milliseconds for people: `350ms`, `3.1s`, `42s`, `2m 04s`, `1h 02m`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)}ms`;
  if (ms < 9950) return `${(ms / 1000).toFixed(1)}s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.round(seconds / 60);
  return seconds < 3600
    ? `${Math.floor(seconds / 60)}m ${twoDigits(seconds % 60)}s`
    : `${Math.floor(minutes / 60)}h ${twoDigits(minutes % 60)}m`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
