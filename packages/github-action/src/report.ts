import * as core from '@actions/core';
import type { Outcome } from '@modelslab-reload/core/engine';
import { annotationsOf, cut, failureOf } from './annotations.ts';
import { logOutcome } from './log.ts';
import { outputsOf } from './outputs.ts';
import { summaryOf } from './summary.ts';

/** What went wrong beside the models. */
export interface Problem {
  message: string;
  /** It fails the step whatever fail-on-error says. */
  isFinal: boolean;
}

export interface Result {
  outcomes: readonly Outcome[];
  problem: Problem | null;
  failOnError: boolean;
  /** How many annotations were written before. */
  annotated: number;
}

/** Writes all that the step leaves behind: a line for each model, outputs, annotations, its failure, the summary. */
export async function report({ outcomes, problem, failOnError, annotated }: Result): Promise<void> {
  for (const outcome of outcomes) logOutcome(outcome);
  const outputs = outputsOf(outcomes, problem !== null);
  for (const [name, value] of Object.entries(outputs)) core.setOutput(name, value);

  const message = problem?.message ?? (outputs.failed > 0 ? failureOf(outcomes) : null);
  const fails = problem?.isFinal === true || (failOnError && message !== null);
  // With one model the step's own failure says it all.
  const annotations = outcomes.length === 1 ? [] : annotationsOf(outcomes, annotated + 1);
  for (const { title, message: text } of annotations) {
    if (failOnError) core.error(text, { title });
    else core.warning(text, { title });
  }
  if (fails) core.setFailed(cut(message ?? ''));
  else if (message !== null) core.warning(cut(message), { title: 'ModelsLab reload' });

  await writeSummary(summaryOf(outcomes, outputs, problem?.message ?? null));
}

/** Old enterprise servers have no summaries; a step must not fail for the lack of one. */
async function writeSummary(text: string): Promise<void> {
  try {
    await core.summary.addRaw(text).write();
  } catch (error) {
    core.info(
      `The summary was not written: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
