import { formatDuration, type Outcome } from '@modelslab-reload/core';
import { namesOf } from './status-line.ts';
import type { Style } from './style.ts';

/**
 * The end of a run for people: a count, what to do about each failure, and what is not known.
 *
 * @param columns where lines are folded, between words
 */
export function summaryOf(
  outcomes: readonly Outcome[],
  elapsedMs: number,
  { isText, columns, style }: { isText: boolean; columns: number; style: Style },
): string[] {
  const count = `${countsOf(outcomes)} in ${formatDuration(elapsedMs)}`;
  const failures = failuresOf(outcomes).map(
    ({ code, hint, ids }) => `${namesOf(ids, 3)}: ${code}. ${hint}`,
  );
  const onFirstReply = outcomes.filter(({ evidence }) => evidence === 'reply').length;
  const notes = isText && onFirstReply > 0 ? [footnote(onFirstReply)] : [];
  return [
    style('bold', count),
    ...failures.flatMap((line) => fold(line, columns - 2)).map((line) => `  ${line}`),
    ...notes.flatMap((line) => fold(line, columns)).map((line) => style('dim', line)),
  ];
}

/** Lines of at most so many columns, where the words allow it. */
function fold(text: string, columns: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= columns) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else lines.push(word);
  }
  return lines;
}

function countsOf(outcomes: readonly Outcome[]): string {
  const counts = { succeeded: 0, processing: 0, failed: 0, aborted: 0 };
  for (const { status, error } of outcomes) {
    if (error?.code === 'aborted') counts.aborted++;
    else if (error !== null) counts.failed++;
    else if (status === 'processing') counts.processing++;
    else counts.succeeded++;
  }
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ');
}

/** Failures that ask for the same to be done, together. */
function failuresOf(outcomes: readonly Outcome[]) {
  const groups = new Map<string, { code: string; hint: string; ids: string[] }>();
  for (const { modelId, error } of outcomes) {
    if (error === null) continue;
    const { code, hint } = error;
    const key = `${code} ${hint}`;
    const group = groups.get(key) ?? { code, hint, ids: [] };
    groups.set(key, group);
    group.ids.push(modelId);
  }
  return [...groups.values()];
}

function footnote(count: number): string {
  const which = count === 1 ? 'One success rests' : `${count} successes rest`;
  return `${which} on the first reply alone: the API does not say whether the model is ready or the request was only accepted.`;
}
