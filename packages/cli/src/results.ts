import { formatDuration, type Outcome } from '@modelslab-reload/core';
import type { Look } from './style.ts';

/** Turns outcomes into what standard output gets. */
export interface Results {
  /** What to write as an outcome comes; empty for nothing. */
  put(outcome: Outcome): string;
  /** What to write when all have come. */
  end(): string;
}

/** A longer id pushes the columns of its line to the right. */
const WIDEST_ID = 32;

export type OutputFormat = 'text' | 'json' | 'ndjson';

export function createResults(format: OutputFormat, ids: readonly string[], look: Look): Results {
  if (format === 'ndjson') {
    return { put: (outcome) => `${JSON.stringify(outcome)}\n`, end: () => '' };
  }
  if (format === 'json') {
    const outcomes: Outcome[] = [];
    return {
      put(outcome) {
        outcomes.push(outcome);
        return '';
      },
      end: () => `${JSON.stringify(outcomes, null, 2)}\n`,
    };
  }
  const longest = ids.reduce((most, { length }) => Math.max(most, length), 0);
  const width = Math.min(longest, WIDEST_ID);
  return { put: (outcome) => `${lineOf(outcome, width, look)}\n`, end: () => '' };
}

function lineOf(outcome: Outcome, width: number, { style, reached, failed }: Look): string {
  const { modelId, status, error } = outcome;
  const mark = error === null ? style('green', reached) : style('red', failed);
  const time = formatDuration(outcome.elapsedMs).padStart(7);
  const what = error === null ? whatWasSaid(outcome) : `${error.code}: ${error.message}`;
  return `${mark} ${modelId.padEnd(width)}  ${status.padEnd(10)}  ${style('dim', time)}  ${what}`;
}

/** The API's own words, in quotes, and whether the model had to be loaded first; or what it drew. */
function whatWasSaid({ message, status, evidence, imageUrl }: Outcome): string {
  if (evidence === 'image') return imageUrl === null ? 'drew a picture' : `drew ${imageUrl}`;
  const said = message === null ? 'no message' : `"${message}"`;
  return status === 'success' && evidence === 'change' ? `${said}, after processing` : said;
}
