import { formatDuration, type Outcome } from '@modelslab-reload/core/engine';
import { explained } from './annotations.ts';
import type { Outputs } from './outputs.ts';

/** GitHub drops a summary of more than 1 MiB; the rows stop where what follows them still has room. */
const LARGEST_TABLE_BYTES = 1_000_000;

const COLUMNS = [
  'Model',
  'Status',
  'Evidence',
  'What the API said',
  'Requests',
  'Time',
  'What to do',
];

const ABOUT_EVIDENCE =
  'Evidence `reply`: the API said success, and never processing before it; it does not say whether the model is ready or the request was only accepted. `change`: it said processing first, then success. `image`: it drew a picture with the model.';

/** The page that a person sees on the run: the step's problem, the counts, and a row for each model, failed ones first. */
export function summaryOf(
  outcomes: readonly Outcome[],
  outputs: Outputs,
  problem: string | null,
): string {
  const { succeeded, processing, failed } = outputs;
  const parts = ['### ModelsLab reload'];
  if (problem !== null) parts.push(literal(problem));
  if (outcomes.length === 0) {
    if (problem === null) parts.push('There was no model to reload.');
    return `${parts.join('\n\n')}\n`;
  }
  parts.push(`**${succeeded}** success · **${processing}** processing · **${failed}** failed`);
  parts.push(
    table(outcomes.toSorted((a, b) => Number(b.error !== null) - Number(a.error !== null))),
  );
  if (outcomes.some(({ evidence }) => evidence !== null)) parts.push(ABOUT_EVIDENCE);
  return `${parts.join('\n\n')}\n`;
}

/**
 * A text that GitHub's Markdown shows as it is: what could begin markup, HTML or a cell becomes a character reference,
 * which begins nothing.
 */
export function literal(text: string): string {
  return text
    .replace(/[&<>|\\`*_~[\]!#$@"]|:(?=\/\/)|(?<=www)\./gi, (mark) => `&#${mark.charCodeAt(0)};`)
    .replace(/\s+/g, ' ');
}

function table(outcomes: readonly Outcome[]): string {
  const lines = [row(COLUMNS), row(COLUMNS.map(() => '---'))];
  let bytes = 0;
  for (const [at, outcome] of outcomes.entries()) {
    const line = row(cellsOf(outcome));
    bytes += Buffer.byteLength(line) + 1;
    if (bytes > LARGEST_TABLE_BYTES) {
      lines.push('', `${outcomes.length - at} more are in the output \`outcomes\`.`);
      break;
    }
    lines.push(line);
  }
  return lines.join('\n');
}

function cellsOf(outcome: Outcome): string[] {
  const { status, firstStatus, error, message } = outcome;
  // 'processing' first on a daily run: the model had been unloaded.
  const wasLoading = status !== 'processing' && firstStatus?.toLowerCase() === 'processing';
  return [
    literal(outcome.modelId),
    wasLoading ? `${status} (first processing)` : status,
    evidenceOf(outcome),
    literal(message ?? ''),
    String(outcome.requests),
    formatDuration(outcome.elapsedMs),
    error === null ? '' : adviceOf(error, message),
  ];
}

/** A picture that was drawn is linked: it was paid for. */
function evidenceOf({ evidence, imageUrl }: Outcome): string {
  if (imageUrl === null) return evidence ?? '';
  const target = new URL(imageUrl).href.replace(
    /[<>|()\\`]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16)}`,
  );
  return `[${evidence}](${target})`;
}

function adviceOf(error: NonNullable<Outcome['error']>, said: string | null): string {
  return `\`${error.code}\`: ${literal(error.message === said ? error.hint : explained(error))}`;
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
