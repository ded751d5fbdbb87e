import {
  ERROR_SPECS,
  formatDuration,
  type Outcome,
  type OutcomeError,
} from '@modelslab-reload/core';
import { formatCounts, joinIds, wrap } from './format.ts';
import type { Style } from './theme.ts';

/** Returns the summary of a run: counts, what to do about each failure, and, beside text, what is not known. */
export function summarize(
  outcomes: readonly Outcome[],
  elapsedMs: number,
  { isText, columns, style }: { isText: boolean; columns: number; style: Style },
): string[] {
  const counts = `${countOutcomes(outcomes)} in ${formatDuration(elapsedMs)}`;
  const failures = groupFailures(outcomes).map(
    ({ code, hint, ids }) => `${joinIds(ids, 3)}: ${code}. ${hint}`,
  );
  const onFirstReply = outcomes.filter(({ evidence }) => evidence === 'reply').length;
  const notes = isText && onFirstReply > 0 ? [noteOnEvidence(onFirstReply)] : [];
  return [
    style('bold', counts),
    ...failures.flatMap((line) => wrap(line, columns - 2)).map((line) => `  ${line}`),
    ...notes.flatMap((line) => wrap(line, columns)).map((line) => style('dim', line)),
  ];
}

/** Returns one line about a run with failures: counts, and the ids of each error code. */
export function summarizeFailures(outcomes: readonly Outcome[]): string {
  const failures = groupFailures(outcomes).map(({ code, ids }) => `${joinIds(ids, 3)}: ${code}`);
  return [countOutcomes(outcomes), ...failures].join('; ');
}

function countOutcomes(outcomes: readonly Outcome[]): string {
  const counts = { succeeded: 0, processing: 0, failed: 0, aborted: 0 };
  for (const { status, error } of outcomes) {
    if (error?.code === 'aborted') counts.aborted++;
    else if (error !== null) counts.failed++;
    else if (status === 'processing') counts.processing++;
    else counts.succeeded++;
  }
  return formatCounts(counts) || 'no results';
}

function groupFailures(outcomes: readonly Outcome[]) {
  const groups = new Map<string, { code: string; hint: string; ids: string[] }>();
  for (const { modelId, error } of outcomes) {
    if (error === null) continue;
    const { code } = error;
    const hint = hintFor(error);
    const key = `${code} ${hint}`;
    const group = groups.get(key) ?? { code, hint, ids: [] };
    groups.set(key, group);
    group.ids.push(modelId);
  }
  return [...groups.values()];
}

// The core does not know the commands.
function hintFor({ code, hint }: OutcomeError): string {
  return code === 'model_not_found' && hint === ERROR_SPECS.model_not_found.hint
    ? 'Check the model id: `modelslab-reload list` prints the trained models of the account.'
    : hint;
}

function noteOnEvidence(count: number): string {
  const which = count === 1 ? 'One success is' : `${count} successes are`;
  return `${which} based only on the first reply: the API does not indicate whether the model is ready or the request was only accepted.`;
}
