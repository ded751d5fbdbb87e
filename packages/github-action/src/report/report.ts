import * as core from '@actions/core';
import type { Outcome } from '@modelslab-reload/core/engine';
import { logOutcome } from '../log.ts';
import { toLogLine, truncate } from '../text.ts';
import { createAnnotations, formatFailure } from './annotations.ts';
import { createOutputs, findSizeFault, type Outputs } from './outputs.ts';
import { createSummary } from './summary.ts';

/** A failure that is not the failure of a model. */
export interface StepError {
  /** One clean line. */
  message: string;
  /** True if it fails the step regardless of fail-on-error. */
  isAlwaysFatal: boolean;
}

/** Writes the results of the step. Outputs or a summary that cannot be written do not affect the others. */
export async function report(
  outcomes: readonly Outcome[],
  error: StepError | null,
  failOnError: boolean,
  annotationCount: number,
): Promise<void> {
  for (const outcome of outcomes) logOutcome(outcome);
  const outputs = createOutputs(outcomes, error !== null);
  const outputFault = writeOutputs(outputs);
  const sizeFault = findSizeFault(outputs);
  if (sizeFault !== null) core.warning(sizeFault, { title: 'Large outputs' });

  const message = error?.message ?? (outputs.failed > 0 ? formatFailure(outcomes) : null);
  const isFailure = error?.isAlwaysFatal === true || (failOnError && message !== null);
  // For a single model, the step's own failure has all details.
  const otherCount = [message, outputFault, sizeFault].filter((text) => text !== null).length;
  const annotations =
    outcomes.length === 1 ? [] : createAnnotations(outcomes, annotationCount + otherCount);
  for (const { title, message: text } of annotations) {
    if (failOnError) core.error(text, { title });
    else core.warning(text, { title });
  }
  if (isFailure) core.setFailed(truncate(message ?? ''));
  else if (message !== null) core.warning(truncate(message), { title: 'ModelsLab reload' });
  // The steps that use the outputs would take an empty one for a result.
  if (outputFault !== null) core.setFailed(outputFault);

  await writeSummary(createSummary(outcomes, outputs, error?.message ?? outputFault));
}

/** Returns why the outputs could not be written, or null. */
function writeOutputs(outputs: Outputs): string | null {
  try {
    for (const [name, value] of Object.entries(outputs)) core.setOutput(name, value);
    return null;
  } catch (error) {
    return toLogLine(`The outputs were not written: ${reasonOf(error)}`);
  }
}

/** Old enterprise servers do not support summaries, and the step must not fail for that reason. */
async function writeSummary(text: string): Promise<void> {
  try {
    await core.summary.addRaw(text).write();
  } catch (error) {
    core.info(toLogLine(`The summary was not written: ${reasonOf(error)}`));
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
