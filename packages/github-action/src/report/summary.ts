import { formatDuration, type Outcome } from '@modelslab-reload/core/engine';
import { escapeMarkdown, formatError } from '../text.ts';
import type { Outputs } from './outputs.ts';

/** GitHub drops a summary above 1 MiB, so the rows end early enough to leave room for the rest. */
const MAX_TABLE_BYTES = 1_000_000;

const COLUMNS = ['Model', 'Status', 'Evidence', 'API message', 'Requests', 'Time', 'What to do'];

const ABOUT_EVIDENCE =
  'Evidence `reply`: the API returned success without processing before it. It is not documented whether the model is ready or the request was only accepted. `change`: it returned processing first, then success. `image`: it generated an image with the model.';

/** Creates the page of the run: the step's error, the counts, and a row for each model. */
export function createSummary(
  outcomes: readonly Outcome[],
  { succeeded, processing, failed }: Outputs,
  error: string | null,
): string {
  const parts = ['### ModelsLab reload'];
  if (error !== null) parts.push(escapeMarkdown(error));
  if (outcomes.length === 0) {
    if (error === null) parts.push('There was no model to reload.');
  } else {
    parts.push(`**${succeeded}** success · **${processing}** processing · **${failed}** failed`);
    parts.push(createTable(outcomes));
    if (outcomes.some(({ evidence }) => evidence !== null)) parts.push(ABOUT_EVIDENCE);
  }
  return `${parts.join('\n\n')}\n`;
}

function createTable(outcomes: readonly Outcome[]): string {
  const lines = [createRow(COLUMNS), createRow(COLUMNS.map(() => '---'))];
  let bytes = 0;
  for (const [position, outcome] of outcomes.entries()) {
    const line = createRow(createCells(outcome));
    bytes += Buffer.byteLength(line) + 1;
    if (bytes > MAX_TABLE_BYTES) {
      lines.push('', `${outcomes.length - position} more are in the output \`outcomes\`.`);
      break;
    }
    lines.push(line);
  }
  return lines.join('\n');
}

function createCells(outcome: Outcome): string[] {
  const { status, firstStatus, error, message } = outcome;
  // On a daily run, a first status of 'processing' means that the model had been unloaded.
  const wasLoading = status !== 'processing' && firstStatus?.toLowerCase() === 'processing';
  return [
    escapeMarkdown(outcome.modelId),
    wasLoading ? `${status} (first processing)` : status,
    formatEvidence(outcome),
    escapeMarkdown(message ?? ''),
    String(outcome.requests),
    formatDuration(outcome.elapsedMs),
    error === null ? '' : formatAdvice(error, message),
  ];
}

/** Links the image, because it was billed. */
function formatEvidence({ evidence, imageUrl }: Outcome): string {
  if (imageUrl === null) return evidence ?? '';
  const target = new URL(imageUrl).href.replace(
    /[<>|()\\`]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16)}`,
  );
  return `[${evidence}](${target})`;
}

function formatAdvice(error: NonNullable<Outcome['error']>, apiMessage: string | null): string {
  const advice = error.message === apiMessage ? error.hint : formatError(error);
  return `\`${error.code}\`: ${escapeMarkdown(advice)}`;
}

function createRow(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
