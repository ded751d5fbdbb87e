import type { Outcome } from '@modelslab-reload/core/engine';

/** GitHub shows 10 annotations of a kind for a step, and takes 4,096 characters of each. */
const MOST = 10;
const LONGEST = 4000;

/** What a run's page shows beside the log. */
export interface Annotation {
  title: string;
  message: string;
}

/**
 * An annotation for each way in which models failed, with the models that failed so; the summary has a row for every
 * model. What was cut short with the step is left out: the step's own failure says it.
 *
 * @param taken how many annotations this step has or will have beside these
 */
export function annotationsOf(outcomes: readonly Outcome[], taken: number): Annotation[] {
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
    message: cut(`${ids.join(', ')}: ${explained(error)}`),
  })).slice(0, Math.max(0, MOST - taken));
}

/** Why the step failed, where its models are the reason. */
export function failureOf(outcomes: readonly Outcome[]): string {
  const failed = outcomes.filter(({ error }) => error !== null);
  const [first] = failed;
  if (outcomes.length === 1 && first?.error) {
    return `${first.modelId}: ${first.error.code}, ${explained(first.error)}`;
  }
  const each = failed.map(({ modelId, error }) => `${modelId} (${error?.code})`).join(', ');
  return `${failed.length} of ${outcomes.length} models failed; the summary of this run has them all: ${each}`;
}

/** What happened, and what to do. */
export function explained({ message, hint }: { message: string; hint: string }): string {
  return `${message}${/[.!?…]$/.test(message) ? '' : '.'} ${hint}`;
}

/** A text as long as an annotation may be. */
export function cut(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
