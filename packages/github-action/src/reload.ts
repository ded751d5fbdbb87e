import * as core from '@actions/core';
import { systemClock } from '@modelslab-reload/core';
import { createClient, type Outcome } from '@modelslab-reload/core/engine';
import type { Inputs } from './inputs.ts';
import { logReply } from './log.ts';
import { createNodeTransport } from './transport.ts';

/**
 * Reloads what the inputs name and gives each model's outcome as it ends, with a line in the log for every reply.
 *
 * @throws {ReloadError} where the trained models cannot be listed
 */
export async function* reloadModels(
  inputs: Inputs,
  signal: AbortSignal,
  redact: (text: string) => string,
): AsyncGenerator<Outcome, void, undefined> {
  const { client: options, reload, modelIds, allTrained } = inputs;
  const debug = (what: string, value: object) => {
    if (core.isDebug()) core.debug(redact(`${what} ${JSON.stringify(value)}`));
  };
  debug('inputs', { ...inputs, client: { ...options, apiKey: undefined } });

  const startedAt = systemClock.now();
  const client = createClient({
    ...options,
    transport: createNodeTransport(process.env),
    clock: systemClock,
  });
  const ids = new Set(modelIds);
  if (allTrained) {
    const trained = await client.listTrainedModels({ signal, timeoutMs: reload.timeoutMs });
    core.info(`Trained models of the account: ${trained.length}.`);
    for (const id of trained) ids.add(id);
  }

  const isMany = ids.size > 1;
  // The replies of many models come mixed: they fold away, and a line for each model's end follows.
  if (isMany) core.startGroup(`Replies about ${ids.size} models`);
  try {
    const outcomes = client.reloadMany(ids, {
      ...reload,
      signal,
      timeoutMs: Math.max(1, startedAt + reload.timeoutMs - systemClock.now()),
      onReply(reply) {
        if (reply.type !== 'reply') return;
        logReply(reply);
        debug('reply', reply);
      },
    });
    for await (const outcome of outcomes) {
      debug('outcome', outcome);
      yield outcome;
    }
  } finally {
    if (isMany) core.endGroup();
  }
}
