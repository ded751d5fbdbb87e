import { formatDuration, type Outcome } from '@modelslab-reload/core';
import type { OutputFormat } from '../options.ts';
import { wrap } from './format.ts';
import type { Theme } from './theme.ts';
import { pad, widthOf } from './width.ts';

/** Formats outcomes for stdout. */
export interface Results {
  /** Returns the text to write for an outcome; may be empty. */
  add(outcome: Outcome): string;
  /** Returns the text to write at the end; may be empty. */
  end(): string;
}

/** A longer id moves the rest of its line to the right. */
const MAX_ID_COLUMNS = 32;

/**
 * @param ids all ids of the run; `json` keeps their order, and has an outcome whose id was escaped at the end
 * @param columnsNow returns the columns into which a line of text is wrapped between words
 */
export function createResults(
  format: OutputFormat,
  ids: readonly string[],
  theme: Theme,
  columnsNow: () => number = () => Infinity,
): Results {
  switch (format) {
    case 'ndjson':
      return { add: (outcome) => `${JSON.stringify(outcome)}\n`, end: () => '' };
    case 'json':
      return createArray(ids);
    case 'text':
      break;
  }
  const longest = ids.reduce((max, id) => Math.max(max, widthOf(id)), 0);
  const width = Math.min(longest, MAX_ID_COLUMNS);
  const toLines = (outcome: Outcome) =>
    wrap(resultLine(outcome, width, theme), columnsNow(), '    ').join('\n');
  return { add: (outcome) => `${toLines(outcome)}\n`, end: () => '' };
}

function createArray(ids: readonly string[]): Results {
  const outcomes = new Map<string, Outcome>();
  return {
    add(outcome) {
      outcomes.set(outcome.modelId, outcome);
      return '';
    },
    end() {
      const known = new Set(ids);
      const others = [...outcomes.values()].filter(({ modelId }) => !known.has(modelId));
      const inOrder = [...ids.flatMap((id) => outcomes.get(id) ?? []), ...others];
      return `${JSON.stringify(inOrder, null, 2)}\n`;
    },
  };
}

function resultLine(outcome: Outcome, width: number, { style, tick, cross }: Theme): string {
  const { modelId, status, error } = outcome;
  const mark = error === null ? style('green', tick) : style('red', cross);
  const time = formatDuration(outcome.elapsedMs).padStart(7);
  const what = error === null ? describeSuccess(outcome) : `${error.code}: ${error.message}`;
  return `${mark} ${pad(modelId, width)}  ${status.padEnd(10)}  ${style('dim', time)}  ${what}`;
}

/** Returns the message of the API in quotes, and whether the model had to be loaded; or the image. */
function describeSuccess({ message, status, evidence, imageUrl }: Outcome): string {
  if (evidence === 'image') return imageUrl === null ? 'image generated' : `image ${imageUrl}`;
  const text = message === null ? 'no message' : `"${message}"`;
  return status === 'success' && evidence === 'change' ? `${text}, after processing` : text;
}
