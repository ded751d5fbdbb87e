import { formatDuration, type Outcome } from '@modelslab-reload/core';
import type { OutputFormat } from '../options.ts';
import { wrap } from './format.ts';
import type { Theme } from './theme.ts';
import { pad, widthOf } from './width.ts';

/** A longer id moves the rest of its line to the right. */
const MAX_ID_COLUMNS = 32;

/** `add` formats an outcome for stdout, and `end` those of `json`, in the order of `ids`; both may return nothing. */
export function createResults(
  format: OutputFormat,
  ids: readonly string[],
  theme: Theme,
  columnsNow: () => number = () => Infinity,
) {
  const shown = format === 'text' ? ids : [];
  const longest = shown.reduce((max, id) => Math.max(max, widthOf(id)), 0);
  const width = Math.min(longest, MAX_ID_COLUMNS);
  return {
    add(outcome: Outcome): string {
      if (format === 'json') return '';
      if (format === 'ndjson') return `${JSON.stringify(outcome)}\n`;
      const lines = wrap(resultLine(outcome, width, theme), columnsNow(), '    ');
      return `${lines.join('\n')}\n`;
    },
    end(outcomes: readonly Outcome[]): string {
      if (format !== 'json') return '';
      const places = new Map(ids.map((id, place) => [id, place]));
      const placeOf = ({ modelId }: Outcome) => places.get(modelId) ?? ids.length;
      const inOrder = outcomes.toSorted((one, other) => placeOf(one) - placeOf(other));
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
