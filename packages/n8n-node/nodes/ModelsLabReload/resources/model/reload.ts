import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { joinClient, readCredential, type Account } from '../../shared/client.ts';
import { createParameterReader, type ReloadParameters } from './parameters.ts';
import { createResults, type Results } from './results.ts';

/** Items with the same options: one list of models, each with its items. */
interface Call {
  polling: ReloadParameters['polling'];
  options: ReloadParameters['call'];
  models: Map<string, number[]>;
}

/** Reloads the model of each item. Returns an Outcome for each, in the order of the items. */
export async function reload(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
  const results = createResults(context);
  const items = [...context.getInputData().keys()];

  await results.attempt([['', items]], async () => {
    const credential = await readCredential(context);
    results.hideKey(credential.apiKey);
    const readParameters = createParameterReader(context, credential.apiKey);
    const parameters = new Map<number, ReloadParameters>();
    for (const item of items) {
      await results.attempt([['', [item]]], () => void parameters.set(item, readParameters(item)));
    }
    // A mistake in one item stops the workflow before anything is sent for the others.
    if (results.hasFailure() && !context.continueOnFail()) return;

    // One after another, because different clients do not share limits, but the API's limits apply to the account.
    for (const calls of groupByPolling(parameters)) {
      await Promise.all(calls.map((call) => reloadModels(context, credential, call, results)));
    }
  });
  return results.toItems();
}

/** Returns the calls, those with the same polling options together: they share one client and its limits. */
function groupByPolling(parameters: Map<number, ReloadParameters>): Call[][] {
  const groups: Record<string, Record<string, Call>> = {};
  for (const [item, { modelId, polling, call: options }] of parameters) {
    const calls = (groups[JSON.stringify(polling)] ??= {});
    const { models } = (calls[JSON.stringify(options)] ??= { polling, options, models: new Map() });
    const items = models.get(modelId) ?? [];
    items.push(item);
    models.set(modelId, items);
  }
  return Object.values(groups).map((calls) => Object.values(calls));
}

async function reloadModels(
  context: IExecuteFunctions,
  credential: Account,
  { polling, options, models }: Call,
  results: Results,
): Promise<void> {
  await results.attempt(models, async () => {
    const { client, leave } = joinClient(context, { ...credential, ...polling });
    try {
      const signal = context.getExecutionCancelSignal();
      for await (const outcome of client.reloadMany(models.keys(), { ...options, signal })) {
        for (const item of models.get(outcome.modelId) ?? []) results.set(item, outcome);
      }
    } finally {
      leave();
    }
  });
}
