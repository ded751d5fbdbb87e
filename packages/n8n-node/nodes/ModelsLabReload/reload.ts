import { createRedactor, initialOutcome, type Outcome } from '@modelslab-reload/core/engine';
import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { openClient } from './client.ts';
import { toNodeError, toOutcomeError } from './node-error.ts';
import { readParameters, type Asked } from './parameters.ts';

/** Items whose options are the same: they are reloaded side by side, and each distinct id once. */
interface Group {
  settings: Asked['settings'];
  items: Map<number, string>;
}

/** Reloads the model of each item: an Outcome for each, in the order of the items. */
export async function reload(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
  const outcomes = new Map<number, Outcome>();
  const refuse = (items: Map<number, string>, caught: unknown) => {
    const error = toOutcomeError(caught);
    const [itemIndex] = items.keys();
    if (!context.continueOnFail()) throw toNodeError(context.getNode(), error, { itemIndex });
    for (const [item, modelId] of items) {
      outcomes.set(item, { ...initialOutcome(modelId, Date.now()), error });
    }
  };

  for (const group of groupItems(context, refuse)) {
    try {
      for (const [item, outcome] of await reloadGroup(context, group)) outcomes.set(item, outcome);
    } catch (error) {
      refuse(group.items, error);
    }
  }

  const inOrder = [...outcomes].toSorted(([one], [other]) => one - other);
  if (!context.continueOnFail()) throwFirstFailure(context, inOrder);
  const splits = context.getNode().onError === 'continueErrorOutput';
  return inOrder.map(([item, outcome]) => ({
    json: splits && outcome.error ? toErrorJson(outcome) : { ...outcome },
    pairedItem: { item },
  }));
}

function groupItems(
  context: IExecuteFunctions,
  refuse: (items: Map<number, string>, caught: unknown) => void,
): Iterable<Group> {
  const groups = new Map<string, Group>();
  for (const item of context.getInputData().keys()) {
    try {
      const { modelId, settings } = readParameters(context, item);
      const same = JSON.stringify(settings);
      const group = groups.get(same) ?? { settings, items: new Map() };
      group.items.set(item, modelId);
      groups.set(same, group);
    } catch (error) {
      refuse(new Map([[item, '']]), error);
    }
  }
  return groups.values();
}

async function reloadGroup(
  context: IExecuteFunctions,
  { settings, items }: Group,
): Promise<Map<number, Outcome>> {
  const { until, timeoutMs, ...clientSettings } = settings;
  const { modelslab, apiKey } = await openClient(context, clientSettings);
  // An id that is the key itself comes back redacted.
  const redact = createRedactor(apiKey);
  const outcomes = new Map<string, Outcome>();
  const signal = context.getExecutionCancelSignal();
  const reloading = modelslab.reloadMany(items.values(), { until, timeoutMs, signal });
  for await (const outcome of reloading) outcomes.set(redact(outcome.modelId), outcome);

  const ofItems = new Map<number, Outcome>();
  for (const [item, modelId] of items) {
    const outcome = outcomes.get(redact(modelId));
    if (outcome) ofItems.set(item, outcome);
  }
  return ofItems;
}

function throwFirstFailure(context: IExecuteFunctions, outcomes: Array<[number, Outcome]>): void {
  let first: { itemIndex: number; outcome: Outcome } | undefined;
  const alsoFailed = new Set<string>();
  for (const [itemIndex, outcome] of outcomes) {
    if (outcome.error === null) continue;
    first ??= { itemIndex, outcome };
    alsoFailed.add(outcome.modelId);
  }
  if (!first?.outcome.error) return;
  const { modelId, error } = first.outcome;
  alsoFailed.delete(modelId);
  throw toNodeError(context.getNode(), error, {
    modelId,
    itemIndex: first.itemIndex,
    alsoFailed: [...alsoFailed],
  });
}

/**
 * A failure as n8n's error output takes it: an item that has `error` and nothing beside it. It is
 * the shape of the library's ReloadError, which holds the outcome too.
 */
function toErrorJson({ error, ...outcome }: Outcome): IDataObject {
  return { error: { ...error, outcome } };
}
