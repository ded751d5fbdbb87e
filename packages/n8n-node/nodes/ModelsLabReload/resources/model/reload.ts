import type { Client, ClientOptions } from '@modelslab-reload/core/engine';
import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { joinClient, readCredential, type PollingOptions } from '../../shared/client.ts';
import { createParameterReader, type CallOptions, type ReloadParameters } from './parameters.ts';
import { createResults, type Results } from './results.ts';

/** Items with the same call options: one list of models, by item. */
interface Call {
  options: CallOptions;
  modelIds: Map<number, string>;
}

/** Calls with the same polling options, which share one client and its limits. */
interface ClientGroup {
  polling: PollingOptions;
  calls: Map<string, Call>;
}

/** Reloads the model of each item. Returns an Outcome for each, in the order of the items. */
export async function reload(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
  const results = createResults(context);
  const items = [...context.getInputData().keys()];

  await results.attempt(items.map(withUnknownId), async () => {
    const credential = await readCredential(context);
    results.hideKey(credential.apiKey);
    const readParameters = createParameterReader(context, credential.apiKey);
    const parameters = new Map<number, ReloadParameters>();
    for (const item of items) {
      await results.attempt([withUnknownId(item)], () => {
        parameters.set(item, readParameters(item));
      });
    }
    // A mistake in one item stops the workflow before anything is sent for the others.
    if (results.hasFailure() && !context.continueOnFail()) return;

    // One after another, because different clients do not share limits, but the API's limits apply to the account.
    for (const { polling, calls } of groupByClient(parameters)) {
      await reloadGroup(context, { ...credential, ...polling }, [...calls.values()], results);
    }
  });
  return results.toItems();
}

const withUnknownId = (item: number) => [item, ''] as const;

function groupByClient(parameters: Map<number, ReloadParameters>): Iterable<ClientGroup> {
  const groups = new Map<string, ClientGroup>();
  for (const [item, { modelId, polling, call }] of parameters) {
    const group = getOrSet(groups, polling, { polling, calls: new Map<string, Call>() });
    const { modelIds } = getOrSet(group.calls, call, {
      options: call,
      modelIds: new Map<number, string>(),
    });
    modelIds.set(item, modelId);
  }
  return groups.values();
}

/** Returns the value for options that are equal to `options`; `initial` if there are none yet. */
function getOrSet<T>(map: Map<string, T>, options: object, initial: T): T {
  const key = JSON.stringify(options);
  const value = map.get(key) ?? initial;
  map.set(key, value);
  return value;
}

async function reloadGroup(
  context: IExecuteFunctions,
  options: ClientOptions,
  calls: Call[],
  results: Results,
): Promise<void> {
  const all = calls.flatMap(({ modelIds }) => [...modelIds]);
  await results.attempt(all, async () => {
    const { client, leave } = joinClient(context, options);
    try {
      await Promise.all(
        calls.map(async (call) => {
          await results.attempt(call.modelIds, async () => {
            await reloadModels(context, client, call, results);
          });
        }),
      );
    } finally {
      leave();
    }
  });
}

async function reloadModels(
  context: IExecuteFunctions,
  client: Client,
  { options, modelIds }: Call,
  results: Results,
): Promise<void> {
  const itemsOf = new Map<string, number[]>();
  for (const [item, modelId] of modelIds) {
    const items = itemsOf.get(modelId);
    if (items) items.push(item);
    else itemsOf.set(modelId, [item]);
  }
  const signal = context.getExecutionCancelSignal();
  for await (const outcome of client.reloadMany(itemsOf.keys(), { ...options, signal })) {
    for (const item of itemsOf.get(outcome.modelId) ?? []) results.set(item, outcome);
  }
}
