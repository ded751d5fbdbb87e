import * as core from '@actions/core';
import {
  createClient,
  createRedactor,
  ReloadError,
  toLine,
  type Outcome,
} from '@modelslab-reload/core';
import { readInputs, type Inputs } from './inputs.ts';
import type { ShutdownReason } from './lifecycle.ts';
import { collectIds, reloadModels } from './reload.ts';
import { report, type StepError } from './report/report.ts';
import { maskSecrets, mayHideOutputs } from './secrets.ts';
import { formatError, truncate } from './text.ts';

/** Runs the whole step. It never rejects: every failure is reported, and fails the step. */
export async function main(signal: AbortSignal): Promise<void> {
  const apiKey = core.getInput('api-key');
  // Before anything else is written to the log.
  const secrets = maskSecrets(apiKey, process.env);
  const redact = createRedactor(apiKey);
  const debug = (what: string, value: object) => {
    if (core.isDebug()) core.debug(redact(`${what} ${JSON.stringify(value)}`));
  };

  const outcomes: Outcome[] = [];
  let ids: readonly string[] = [];
  let inputs: Inputs | null = null;
  let error: StepError | null = null;
  let annotationCount = 0;
  const warn = (title: string, message: string) => {
    core.warning(truncate(message), { title });
    annotationCount++;
  };
  try {
    inputs = readInputs(core.getInput);
    debug('inputs', { ...inputs, client: { ...inputs.client, apiKey: undefined } });
    if (mayHideOutputs(secrets, inputs.modelIds)) {
      warn(
        'Outputs may be missing',
        'The input api-key, or the password in a proxy variable, is so short or so common that GitHub masks it inside ordinary words and drops every output that contains it. Check that it is the right one.',
      );
    }
    const client = createClient(inputs.client);
    const collected = await collectIds(client, inputs, signal);
    ({ ids } = collected);
    const unknown = collected.unknownIds.join(', ');
    // With a typo, the model that was meant would fail every night.
    if (unknown !== '') {
      warn('exclude-model-ids', `Not in the list of models, so nothing is left out: ${unknown}`);
    }
    for await (const outcome of reloadModels(client, ids, inputs, signal, debug)) {
      outcomes.push(outcome);
    }
  } catch (thrown) {
    error = toStepError(thrown, redact);
  }
  if (signal.aborted) error = describeShutdown(signal.reason, outcomes);
  // They came in the order in which the models ended.
  const positions = new Map(ids.map((id, position) => [redact(id), position]));
  const positionOf = ({ modelId }: Outcome) => positions.get(modelId) ?? ids.length;
  outcomes.sort((one, other) => positionOf(one) - positionOf(other));
  await report(outcomes, error, inputs?.failOnError ?? true, annotationCount);
}

function toStepError(thrown: unknown, redact: (text: string) => string): StepError {
  const clean = (text: string) => toLine(redact(text));
  if (ReloadError.isInstance(thrown)) {
    const { code } = thrown;
    const message = clean(formatError(thrown));
    if (code === 'invalid_argument') return { message, isAlwaysFatal: true };
    // The trained models could not be listed, which is treated like a failed model.
    return { message: `${code}: ${message}`, isAlwaysFatal: false };
  }
  const { stack, message } = thrown instanceof Error ? thrown : new Error(String(thrown));
  core.debug(redact(stack ?? message));
  return {
    message: clean(`Unexpected error, a bug in the action: ${message}`),
    isAlwaysFatal: true,
  };
}

function describeShutdown(reason: ShutdownReason, outcomes: readonly Outcome[]): StepError {
  const what = reason === 'cancelled' ? 'Cancelled' : 'The step stalled';
  const doneCount = outcomes.filter(({ error }) => error === null).length;
  const when =
    outcomes.length === 0
      ? 'before the first request for a model.'
      : `when ${doneCount} of ${outcomes.length} models were done. A load that has begun may continue.`;
  return { message: `${what} ${when}`, isAlwaysFatal: true };
}
