import * as core from '@actions/core';
import { createRedactor, ReloadError, type Outcome } from '@modelslab-reload/core/engine';
import { explained } from './annotations.ts';
import type { EarlyEnd } from './ending.ts';
import { InputError, readInputs, type Inputs } from './inputs.ts';
import { reloadModels } from './reload.ts';
import { report, type Problem } from './report.ts';
import { maskSecrets, warnOfCommonSecrets } from './secrets.ts';

/** The whole step. It never rejects: whatever goes wrong is reported, and fails the step. */
export async function main(signal: AbortSignal): Promise<void> {
  const apiKey = core.getInput('api-key');
  // Before anything else is written.
  const secrets = maskSecrets(apiKey, process.env);
  const redact = apiKey === '' ? (text: string) => text : createRedactor(apiKey);

  const outcomes: Outcome[] = [];
  let inputs: Inputs | null = null;
  let problem: Problem | null = null;
  let annotated = 0;
  try {
    inputs = readInputs(core.getInput, process.env);
    if (warnOfCommonSecrets(secrets, inputs.modelIds)) annotated++;
    for await (const outcome of reloadModels(inputs, signal, redact)) outcomes.push(outcome);
  } catch (error) {
    problem = problemOf(error, redact);
  }
  if (signal.aborted) problem = earlyEnd(signal.reason, outcomes);
  await report({ outcomes, problem, failOnError: inputs?.failOnError ?? true, annotated });
}

function problemOf(error: unknown, redact: (text: string) => string): Problem {
  if (error instanceof InputError) return { message: redact(error.message), isFinal: true };
  // The trained models could not be listed: as passing a matter as a model that fails.
  if (ReloadError.isInstance(error)) {
    return { message: `${error.code}: ${explained(error)}`, isFinal: false };
  }
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  core.debug(redact(detail));
  const message = error instanceof Error ? error.message : String(error);
  return { message: `A fault of the action: ${redact(message)}`, isFinal: true };
}

function earlyEnd(why: EarlyEnd, outcomes: readonly Outcome[]): Problem {
  const what = { cancelled: 'Cancelled', stalled: 'The step came to a standstill' }[why];
  const reached = outcomes.filter(({ error }) => error === null).length;
  const until =
    outcomes.length === 0
      ? 'before any model was asked about.'
      : `when ${reached} of ${outcomes.length} had reached what was asked for. A load that has begun may go on.`;
  return { message: `${what} ${until}`, isFinal: true };
}
