import type { Outcome } from '@modelslab-reload/core/engine';

/** GitHub rejects job outputs above 1 MiB and counts two bytes for each UTF-16 code unit. */
const MAX_OUTPUT_BYTES = 1024 * 1024;

export type Outputs = ReturnType<typeof createOutputs>;

/** Creates the outputs of the step. If something other than a model failed, even an empty list is not a success. */
export function createOutputs(outcomes: readonly Outcome[], hasError: boolean) {
  const failed = outcomes.filter(({ error }) => error !== null);
  const reached = (status: Outcome['status']) =>
    outcomes.filter((outcome) => outcome.error === null && outcome.status === status);
  const succeeded = reached('success');
  const processing = reached('processing');
  const isError = hasError || failed.length > 0;
  return {
    status: isError ? 'error' : processing.length > 0 ? 'processing' : 'success',
    outcomes: JSON.stringify(outcomes),
    succeeded: succeeded.length,
    processing: processing.length,
    failed: failed.length,
    'succeeded-model-ids': joinIds(succeeded),
    'failed-model-ids': joinIds(failed),
  };
}

/** Returns a warning if the outputs are too large for another job; otherwise null. */
export function findSizeFault(outputs: Outputs): string | null {
  const texts = Object.values(outputs).map(String);
  const bytes = texts.reduce((sum, text) => sum + 2 * text.length, 0);
  if (bytes <= MAX_OUTPUT_BYTES) return null;
  const mebibytes = (bytes / MAX_OUTPUT_BYTES).toFixed(1);
  return `The outputs of this step are ${mebibytes} MiB. GitHub rejects a job whose outputs are larger than 1 MiB: do not pass outcomes on to another job, or split the list of models.`;
}

function joinIds(outcomes: readonly Outcome[]): string {
  return JSON.stringify(outcomes.map(({ modelId }) => modelId));
}
