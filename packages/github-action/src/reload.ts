import * as core from '@actions/core';
import type { Client, Outcome } from '@modelslab-reload/core';
import type { Inputs } from './inputs.ts';
import { createEventLog } from './log.ts';

/** Returns the ids that the inputs name, and after them the account's trained models, without those that are excluded. */
export async function collectIds(
  client: Client,
  { modelIds, excludedIds, allTrained, call }: Inputs,
  signal: AbortSignal,
): Promise<{ ids: string[]; unknownIds: string[] }> {
  const ids = new Set(modelIds);
  if (allTrained) {
    const trained = await client.listTrainedModels({ signal, timeoutMs: call.timeoutMs });
    core.info(`Trained models of the account: ${trained.length}.`);
    for (const id of trained) ids.add(id);
  }
  const unknownIds = excludedIds.filter((id) => !ids.delete(id));
  return { ids: [...ids], unknownIds };
}

/** Reloads models and yields each outcome as its model ends, with a line in the log for each reply. */
export async function* reloadModels(
  client: Client,
  ids: readonly string[],
  { call }: Inputs,
  signal: AbortSignal,
  debug: (what: string, value: object) => void,
): AsyncGenerator<Outcome, void, undefined> {
  const logEvent = createEventLog(() => performance.now());
  // The replies of many models are mixed. They fold away, and a line for each model's end follows.
  const isGroup = ids.length > 1;
  if (isGroup) core.startGroup(`Replies about ${ids.length} models`);
  try {
    const outcomes = client.reloadMany(ids, {
      ...call,
      signal,
      onReply(event) {
        logEvent(event);
        debug(event.type, event);
      },
    });
    for await (const outcome of outcomes) {
      debug('outcome', outcome);
      yield outcome;
    }
  } finally {
    if (isGroup) core.endGroup();
  }
}
