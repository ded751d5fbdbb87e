import type { Outcome } from '@modelslab-reload/core/engine';

/** The step's outputs, by name. */
export interface Outputs {
  status: 'success' | 'processing' | 'error';
  outcomes: string;
  succeeded: number;
  processing: number;
  failed: number;
  'failed-model-ids': string;
}

/**
 * What the outcomes come to.
 *
 * @param hasProblem whether something beside the models went wrong: then no list, not even an empty one, is a success
 */
export function outputsOf(outcomes: readonly Outcome[], hasProblem: boolean): Outputs {
  const failed = outcomes.filter(({ error }) => error !== null);
  const reached = (status: Outcome['status']) =>
    outcomes.filter((outcome) => outcome.error === null && outcome.status === status).length;
  const processing = reached('processing');
  const hasError = hasProblem || failed.length > 0;
  return {
    status: hasError ? 'error' : processing > 0 ? 'processing' : 'success',
    outcomes: JSON.stringify(outcomes),
    succeeded: reached('success'),
    processing,
    failed: failed.length,
    'failed-model-ids': JSON.stringify(failed.map(({ modelId }) => modelId)),
  };
}
