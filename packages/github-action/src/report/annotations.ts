import type { Outcome } from '@modelslab-reload/core/engine';
import { formatError, truncate } from '../text.ts';

/** GitHub shows 10 annotations of a kind for a step. */
const MAX_ANNOTATIONS = 10;

/** Returns one annotation for each distinct failure, but none for a cancellation, which the step's own failure names. */
export function createAnnotations(outcomes: readonly Outcome[], otherCount: number) {
  const groups = new Map<string, { error: NonNullable<Outcome['error']>; ids: string[] }>();
  for (const { modelId, error } of outcomes) {
    if (error === null || error.code === 'aborted') continue;
    const key = JSON.stringify([error.code, error.message, error.hint]);
    const group = groups.get(key) ?? { error, ids: [] };
    group.ids.push(modelId);
    groups.set(key, group);
  }
  return Array.from(groups.values(), ({ error, ids }) => ({
    title: `ModelsLab reload: ${error.code}`,
    message: truncate(`${ids.join(', ')}: ${formatError(error)}`),
  })).slice(0, Math.max(0, MAX_ANNOTATIONS - otherCount));
}

/** Returns why the step failed if its models are the reason. */
export function formatFailure(outcomes: readonly Outcome[]): string {
  const failed = outcomes.filter(({ error }) => error !== null);
  const [first] = failed;
  if (outcomes.length === 1 && first?.error) {
    return `${first.modelId}: ${first.error.code}, ${formatError(first.error)}`;
  }
  const list = failed.map(({ modelId, error }) => `${modelId} (${error?.code})`).join(', ');
  return `${failed.length} of ${outcomes.length} models failed; see the summary of this run: ${list}`;
}
